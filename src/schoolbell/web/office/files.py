"""`/office/files/`: a school's own files, in and out. What is handed in is looked over first; nothing is written
before somebody says so."""

import io
import zipfile
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.importing.actions import import_files, plan_import
from schoolbell.importing.exporting import export_school
from schoolbell.importing.kinds import KINDS
from schoolbell.importing.plans import MOST_SHOWN, Change, File, FilePlan, Plan
from schoolbell.importing.samples import sample
from schoolbell.importing.uploads import drop_files, keep_files, kept_files
from schoolbell.kit.time import local_day, now
from schoolbell.web.entry import Visit
from schoolbell.web.office.file_words import COLUMN_WORDS, COUNTED, KIND_WORDS, columns_of
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.once import once
from schoolbell.web.plain_forms import PlainForm

MOST_FILES: Final = 10
MOST_MEGABYTES: Final = 10
MOST_CHANGES: Final = 50  # of a file, by name; how many there are is said in any case
CSV: Final = "text/csv; charset=utf-8"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; cleaned, a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list) and data else [None]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("These are more than %d files. Take some out.") % MOST_FILES)
        files = [super(FilesField, self).clean(one, initial) for one in given]
        for file in files:
            if file.size > MOST_MEGABYTES * 1_000_000:
                raise forms.ValidationError(
                    _("%(name)s is larger than %(most)s MB. Split it, or use the command line.")
                    % {"name": file.name, "most": MOST_MEGABYTES}
                )
        return files


class FilesForm(PlainForm):
    handed_in = FilesField(
        label=gettext_lazy("Files"),
        widget=FilesInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choose at least one file."),
            "empty": gettext_lazy("There is nothing in this file. Choose another."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def files(request: HttpRequest, slug: str) -> HttpResponse:
    """Where files are handed in, and what there is to know about them."""
    visit = come_in(request, slug)
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    if form.is_valid():
        handed_in = [File(str(one.name), one.read()) for one in form.cleaned_data["handed_in"]]
        return go(visit, f"files/{keep_files(handed_in, school=visit.school, by=visit.actor)}/")
    kinds = [
        {"name": name, "title": title, "words": words, "columns": columns_of(name, visit.school.currency)}
        for name, (title, words) in KIND_WORDS.items()
    ]
    context = {"form": form, "kinds": kinds, "cells": COLUMN_WORDS}
    return show(visit, "files", "settings", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def look_over(request: HttpRequest, slug: str, batch: UUID) -> HttpResponse:
    """What the files would change. A POST takes them in, and says what they did."""
    visit = come_in(request, slug)
    kept = kept_files(batch, school=visit.school, by=visit.actor)
    if not kept:
        return show(visit, "files_gone", "settings", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return show(
            visit, "files_plan", "settings", _told(visit, plan_import(kept, school=visit.school), is_done=False)
        )
    done = import_files(kept, school=visit.school, by=visit.actor)
    drop_files(batch, school=visit.school, by=visit.actor)
    return show(visit, "files_plan", "settings", _told(visit, done, is_done=True))


@require_safe
def sample_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    visit = come_in(request, slug)
    try:
        return _download(sample(kind, visit.school), f"{kind}.csv", CSV)
    except LookupError:
        raise Http404 from None


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole school, in the files that `files` takes."""
    visit = come_in(request, slug)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in export_school(visit.school):
            archive.writestr(name, contents)
    day = local_day(now(), visit.school.zone)
    return _download(packed.getvalue(), f"{visit.school.slug}-{day:%Y-%m-%d}.zip", "application/zip")


def _download(contents: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(contents, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(visit: Visit, plan: Plan, *, is_done: bool) -> dict[str, Any]:
    """The plan in words. `takes` names the files that would be taken in, nothing where none would change a thing."""
    takes = [one.file.name for one in plan.files if one.changes and not one.is_refused]
    refused = sum(one.is_refused for one in plan.files)
    return {
        "is_done": is_done,
        "files": [_file(one) for one in plan.files],
        "takes": [] if is_done else takes,
        "refused": refused,
        "title": _title(plan, takes, refused, is_done=is_done),
        "back": address(visit, "files/"),
    }


def _title(plan: Plan, takes: Sequence[str], refused: int, *, is_done: bool) -> str:
    if refused == len(plan.files):
        return _("Nothing was taken in") if is_done else _("Nothing can be taken in yet")
    if is_done:
        taken = len(plan.files) - refused
        return ngettext("%d file is taken in", "%d files are taken in", taken) % taken
    return _("What these files would change") if takes else _("These files change nothing")


def _file(plan: FilePlan) -> dict[str, Any]:
    changes = plan.changes[:MOST_CHANGES]
    return {
        "name": plan.file.name,
        "kind": KIND_WORDS[plan.kind][0] if plan.kind in KINDS else "",
        "lines": plan.lines,
        "is_refused": plan.is_refused,
        "refused": plan.refused,
        "notes": plan.notes,
        "changes_nothing": plan.changes_nothing,
        "bad_lines": plan.bad_lines[:MOST_SHOWN],
        "more_bad_lines": max(len(plan.bad_lines) - MOST_SHOWN, 0),
        "counts": [(COUNTED[noun][0], counts) for noun, counts in plan.counts.items()],
        "changes": [_change(one) for one in changes],
        "more_changes": max(len(plan.changes) - MOST_CHANGES, 0),
    }


def _change(change: Change) -> dict[str, Any]:
    noun = COUNTED[change.noun][1]
    return {"line": change.line, "name": change.name, "noun": noun, "changed": ", ".join(change.changed)}
