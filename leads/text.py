"""Text made comparable: both databases then agree on what is equal."""

import re
import unicodedata


def fold(text: str) -> str:
    """The text without case, accents and doubled spaces, to compare and search."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())


def folded_key(text: str, *, longest: int) -> str:
    """The folded text, cut to the length of its column: “…” folds to three dots."""
    return fold(text)[:longest]


def name_key(name: str) -> str:
    """The form under which a company or a campaign is found again."""
    return folded_key(name, longest=200)


def email_key(email: str) -> str:
    """The form under which an e-mail address is found again."""
    if email.isascii():
        return email.strip().lower()
    return unicodedata.normalize("NFKC", email).strip().casefold()


def domain_key(address: str) -> str:
    """The bare domain of a web address: `https://www.Acme.com/x` is `acme.com`."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.strip().casefold())
    return re.split(r"[/?#:]", bare)[0].removeprefix("www.").rstrip(".")


def mailbox_key(email: str) -> str:
    """The mailbox that an address reaches: `ann+news@acme.com` is `ann@acme.com`.

    At Google Mail dots mean nothing either, and both of its domains are one.
    """
    name, at, domain = email_key(email).rpartition("@")
    if not at:
        return ""
    name = name.split("+")[0] or name
    if domain in ("gmail.com", "googlemail.com"):
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}"


def phone_key(phone: str) -> str:
    """The last nine digits, equal for national and international ways to write it.

    Empty for fewer than seven: such a number is an extension.
    """
    digits = [str(unicodedata.digit(char)) for char in phone if char.isdigit()]
    return "".join(digits[-9:]) if len(digits) >= 7 else ""
