"""`schoolbell staff` and `schoolbell login`, as they are typed."""

import sys
from collections.abc import Callable
from io import StringIO

import pytest

from factories import new_client, new_instructor, new_school, new_student
from schoolbell.access.staff import LastOwner, staff_role
from schoolbell.accounts.models import User
from schoolbell.accounts.queries import user_by_email
from schoolbell.cli.arguments import parser
from schoolbell.cli.commands import login, staff
from schoolbell.cli.refusals import CommandRefused
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Person
from schoolbell.people.queries import person_of
from schoolbell.people.sign_ins import AnotherSignsIn, SeveralGoBy, SignsInAlready

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-way-home"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints, with that on standard input."""

    def run(*typed: str, password: str = PASSWORD) -> str:
        monkeypatch.setattr(sys, "stdin", StringIO(f"{password}\n" if password else ""))
        arguments = parser().parse_args(typed)
        assert {"staff": staff, "login": login}[arguments.command].run(arguments) == 0
        return capsys.readouterr().out.strip()

    return run


def signs_in(email: str, password: str = PASSWORD) -> User:
    user = user_by_email(email)
    assert user is not None
    assert user.check_password(password)
    return user


def test_the_owner_of_a_new_school(school, run):
    told = run(
        "staff", "add", "--school", school.slug, "--email", "Rob@example.org", "--role", "owner", "--name", "Rob Bell"
    )
    assert told == f"Rob@example.org is owner of {school.slug}"
    user = signs_in("rob@example.org")
    assert (staff_role(school, user), person_of(school, user).name) == ("owner", "Rob Bell")
    names = Record.objects.of(school).filter(name__in=("staff.added", "person.linked")).values_list("name", "role")
    assert sorted(names) == [("person.linked", "system"), ("staff.added", "system")]


def test_who_signs_in_already_keeps_their_password(school, run):
    other = new_school()
    words = ("--email", "rob@example.org", "--role", "admin")
    run("staff", "add", "--school", other.slug, *words)
    told = run("staff", "add", "--school", school.slug, *words, password="another-one-entirely")
    assert told == f"rob@example.org is admin of {school.slug}; they signed in already and keep their password"
    signs_in("rob@example.org")


def test_the_last_owner_stays(school, run):
    words = ("--school", school.slug, "--email")
    run("staff", "add", *words, "rob@example.org", "--role", "owner")
    with pytest.raises(LastOwner):
        run("staff", "remove", *words, "rob@example.org")
    run("staff", "add", *words, "ann@example.org", "--role", "owner")
    assert run("staff", "remove", *words, "ROB@example.org") == f"rob@example.org does not run {school.slug} any more"
    assert staff_role(school, signs_in("rob@example.org")) is None
    with pytest.raises(CommandRefused, match="nobody runs"):
        run("staff", "remove", *words, "rob@example.org")


@pytest.mark.parametrize(
    ("email", "password", "refusal"),
    [
        ("rob", PASSWORD, InputRefused),
        ("rob@example.org", "short", InputRefused),
        ("rob@example.org", "", CommandRefused),
    ],
)
def test_what_is_refused_leaves_nothing(school, run, rows, email, password, refusal):
    before = rows()
    with pytest.raises(refusal):
        run(
            "staff",
            "add",
            "--school",
            school.slug,
            "--email",
            email,
            "--role",
            "owner",
            "--name",
            "R",
            password=password,
        )
    assert rows() == before


def test_an_instructor_and_a_client_sign_in(school, run):
    ida, clara = new_instructor(school), new_client(school)
    Person.objects.of(school).filter(id=ida.person_id).update(email="ida@example.org")
    told = run("login", "add", "--school", school.slug, "--email", "IDA@example.org")
    assert told == f"Ida Teacher signs in to {school.slug} as IDA@example.org"
    assert person_of(school, signs_in("ida@example.org")).pk == ida.person_id
    run("login", "add", "--school", school.slug, "--person", str(clara.pk), "--email", "clara@example.org")
    assert person_of(school, signs_in("clara@example.org")).pk == clara.person_id
    assert run("login", "password", "--email", "clara@example.org", password="the-way-back-home")
    user = signs_in("clara@example.org", "the-way-back-home")
    told = run("login", "remove", "--school", school.slug, "--email", "clara@example.org")
    assert told == f"Clara Parent does not sign in to {school.slug} any more"
    assert person_of(school, user) is None
    assert Record.objects.of(school).filter(name="person.unlinked").count() == 1


def test_whom_a_sign_in_is_refused(school, run):
    twins = [new_student(school, name, email="kids@example.org") for name in ("Sam Kid", "Alex Kid")]
    words = ("login", "add", "--school", school.slug)
    with pytest.raises(SeveralGoBy, match=r"Sam Kid .*; Alex Kid"):
        run(*words, "--email", "kids@example.org")
    run(*words, "--person", str(twins[0].person_id))
    with pytest.raises(SignsInAlready):
        run(*words, "--person", str(twins[0].pk))
    with pytest.raises(AnotherSignsIn):
        run(*words, "--person", str(twins[1].pk))
    for typed in (["--person", "Sam"], ["--person", str(school.pk)], ["--email", "nobody@example.org"], []):
        with pytest.raises(CommandRefused):
            run(*words, *typed)
    with pytest.raises(CommandRefused, match="there is no school"):
        run("login", "remove", "--school", "nowhere", "--email", "kids@example.org")
