"""Names that go together, and addresses and numbers that reach nobody.

Telephone numbers are from ranges that their countries keep for fiction: 555-01XX in North America, Ofcom's for drama,
the Bundesnetzagentur's for the media, the ACMA's for creative works. India keeps none, so nobody there has one.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schoolbell.demo.dice import Dice


@dataclass(frozen=True, slots=True)
class Origin:
    """First and last names as they are met together."""

    first: tuple[str, ...]
    last: tuple[str, ...]

    @classmethod
    def of(cls, first: str, last: str) -> "Origin":
        return cls(tuple(first.split()), tuple(last.split()))


ORIGINS: Final = {
    "english": Origin.of(
        "Olivia Amelia Isla Grace Freya Charlotte Alice Evie Poppy Harriet Rosie Megan Oliver George Harry Jack Noah "
        "Arthur Theo Henry Alfie Edward Samuel Toby Lewis Callum",
        "Shaw Turner Price Ward Cox Bell Hunt Fox Hughes Marsh Barker Dawson Holt Whitaker Fletcher Ainsworth Naylor "
        "Bradley Sutcliffe Kershaw Thackray Booth Haigh Pearson Lister Armitage",
    ),
    "american": Origin.of(
        "Emma Ava Sophia Harper Abigail Madison Hazel Nora Claire Paige Ethan Mason Logan Caleb Wyatt Owen Julian "
        "Miles Asher Grant Tyler Cole",
        "Walker Mitchell Carter Brooks Bennett Sullivan Hayes Coleman Foster Reed Parker Griffin Porter Hamilton "
        "Wallace Ellis Warren Sawyer Whitfield Mercer",
    ),
    "irish": Origin.of(
        "Niamh Aoife Orla Maeve Roisin Sinead Conor Declan Finn Cormac Eoin Padraig",
        "Kelly Murphy Byrne Gallagher Doyle Nolan Flynn Kavanagh Brennan Keane",
    ),
    "african": Origin.of(
        "Ada Chioma Ngozi Amara Zainab Wanjiru Thandi Efua Chidi Emeka Tunde Kofi Kwame Sipho Jabari Femi",
        "Okafor Adeyemi Osei Mensah Balogun Eze Mwangi Kamau Dlamini Nkosi Boateng Abiola",
    ),
    "latin": Origin.of(
        "Camila Valentina Lucia Isabella Mariana Elena Ximena Mateo Diego Santiago Andres Rafael Javier Tomas",
        "Garcia Morales Rivera Castillo Herrera Vargas Mendoza Rojas Delgado Fuentes Navarro Salazar",
    ),
    "italian": Origin.of(
        "Giulia Chiara Alessia Bianca Marco Luca Matteo Lorenzo Davide Elisa",
        "Rossi Bruno Ferrari Conti Moretti Ricci Marino Greco Lombardi Romano",
    ),
    "german": Origin.of(
        "Anna Lena Johanna Katharina Miriam Franziska Greta Jonas Felix Lukas Moritz Sebastian Tobias Henrik Matthias "
        "Clara",
        "Weber Schneider Fischer Hoffmann Becker Krüger Vogel Lehmann Brandt Seidel Lorenz Arnold Winkler Schuster",
    ),
    "nordic": Origin.of(
        "Sofia Astrid Ingrid Freja Linnea Erik Lars Nils Soren Mikkel",
        "Lindqvist Nygaard Berg Johansson Dahl Holm Solberg Lund Eriksen Virtanen",
    ),
    "slavic": Origin.of(
        "Katarzyna Magdalena Zofia Ivana Petra Jakub Piotr Marek Tomasz Pavel Milan Daria",
        "Kowalski Nowak Horvat Novak Zielinski Dvorak Mazur Kral Petrov Wojcik",
    ),
    "turkish": Origin.of(
        "Aylin Elif Zeynep Deniz Emre Can Kerem Selin Baris Melis",
        "Kaya Demir Yilmaz Aydin Arslan Celik Dogan Koc",
    ),
    "arabic": Origin.of(
        "Layla Yasmin Noor Salma Zara Omar Karim Yusuf Hassan Tariq Samir Rania",
        "Haddad Nasser Khalil Mansour Rahman Saleh Aziz Farouk Ahmed Hussain",
    ),
    "indian": Origin.of(
        "Priya Kavya Anita Neha Meera Divya Ananya Shreya Pooja Lakshmi Sneha Aditi Rohan Vikram Arjun Rahul Karthik "
        "Sanjay Aditya Nikhil Suresh Varun Manoj Harish",
        "Reddy Mehta Das Singh Gupta Iyer Rao Nair Sharma Patel Menon Kulkarni Bhat Joshi Pillai Shetty Chatterjee "
        "Hegde Banerjee Desai Krishnan Murthy",
    ),
    "chinese": Origin.of(
        "Mei Lin Xinyi Yan Jia Hui Wei Jun Hao Ming Chen Bo",
        "Chen Wang Li Zhang Liu Huang Zhou Wu Lin Xu",
    ),
    "vietnamese": Origin.of(
        "Linh Thao Mai Trang Minh Bao Duc Khanh Quan Huy", "Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Do"
    ),
    "korean": Origin.of(
        "Jiwoo Soyeon Hana Minji Jisoo Minjun Seojin Doyun Hyun Joon", "Kim Park Choi Jung Kang Yoon Han"),
    "french": Origin.of(
        "Camille Manon Chloe Juliette Louise Antoine Hugo Louis Bastien Theo",
        "Martin Bernard Laurent Moreau Girard Fontaine Mercier Chevalier Garnier",
    ),
}  # fmt: skip


STREETS: Final = tuple(
    f"{name} {kind}"
    for name in ("Maple", "Orchard", "Station", "Church", "Wattle", "Chestnut", "Mill", "Park", "Hillside", "Laurel")
    for kind in ("Street", "Road", "Avenue")
)


def ascii_of(name: str) -> str:
    """The name as it stands in an e-mail address."""
    plain = unicodedata.normalize("NFKD", name.replace("ü", "ue").replace("ß", "ss"))
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalnum())


class Register:
    """Hands out names, addresses and numbers of one school, none of them twice where a person must be told apart."""

    def __init__(
        self, dice: Dice, *, origins: Sequence[str], phones: Sequence[str] = (), towns: Sequence[str] = ()
    ) -> None:
        """`origins` as often as they are to be met; `phones` as patterns in which `#` is any digit."""
        self._dice = dice
        self._origins = [ORIGINS[name] for name in origins]
        self._phones = phones
        self._towns = towns
        self._given: set[str] = set()

    def origin(self) -> Origin:
        return self._dice.choice(self._origins)

    def origin_of(self, last: str) -> Origin | None:
        return next((origin for origin in self._origins if last in origin.last), None)

    def name(self, origin: Origin | None = None, last: str = "") -> tuple[str, str]:
        """First and last name; one that was given already is avoided while there are others."""
        for _ in range(30):
            of = origin or self.origin()
            first, family = self._dice.choice(of.first), last or self._dice.choice(of.last)
            if f"{first} {family}" not in self._given:
                break
        self._given.add(f"{first} {family}")
        return first, family

    def note(self, name: str) -> None:
        """A name that was given elsewhere."""
        self._given.add(name)

    def email(self, first: str, last: str) -> str:
        plain = f"{ascii_of(first)}.{ascii_of(last)}"
        address, number = f"{plain}@{self._dice.choice(('example.org', 'example.com', 'example.org'))}", 1
        while address in self._given:
            number += 1
            address = f"{plain}{number}@example.org"
        self._given.add(address)
        return address

    def address(self) -> str:
        """Where somebody lives, or "" where no towns were given."""
        if not self._towns:
            return ""
        return f"{self._dice.randint(1, 180)} {self._dice.choice(STREETS)}\n{self._dice.choice(self._towns)}"

    def phone(self) -> str:
        """A number, or "" where there are none."""
        if not self._phones:
            return ""
        for _ in range(30):
            pattern = self._dice.choice(self._phones)
            number = "".join(str(self._dice.randrange(10)) if sign == "#" else sign for sign in pattern)
            if number not in self._given:
                self._given.add(number)
                return number
        return ""
