"""The companies that a batch of leads names: each found once, or made."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leads import copying
from leads.models import Account
from leads.text import folded_key, name_key

# Addresses there say nothing of the company.
FREE_MAIL = frozenset((
    "163.com", "126.com", "aol.com", "bk.ru", "bol.com.br", "free.fr", "freenet.de",
    "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com",
    "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr",
    "hotmail.it", "hushmail.com", "icloud.com", "inbox.ru", "laposte.net", "libero.it",
    "live.com", "live.co.uk", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "naver.com", "orange.fr", "outlook.com", "outlook.de", "outlook.es", "outlook.fr",
    "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rediffmail.com",
    "rocketmail.com", "sina.com", "t-online.de", "terra.com.br", "tutanota.com",
    "uol.com.br", "wanadoo.fr", "web.de", "wp.pl", "yahoo.ca", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br", "yahoo.de", "yahoo.es",
    "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
))  # fmt: skip
LONGEST_COUNTRY = 100
FIELDS = ("name", "name_key", "domain", "industry", "employees", "country")
LONGEST_DOMAIN = 253
_DOMAIN = re.compile(r"([\w-]{1,63}\.)+[\w-]{2,63}")


@dataclass(frozen=True)
class Company:
    """What one lead says about its company; empty is not said.

    domain is a `text.domain_key`.
    """

    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name or self.domain)


def company_domain(email_key: str) -> str:
    """The company's domain in an address, empty for a provider of free mail."""
    domain = email_key.rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def is_domain(domain_key: str) -> bool:
    """Whether the text has the form of a domain such as `acme.com`."""
    return len(domain_key) <= LONGEST_DOMAIN and bool(_DOMAIN.fullmatch(domain_key))


def accounts_named(companies: Sequence[Company]) -> list[Account]:
    """The accounts that have the domain or the folded name of one of these."""
    domains = {company.domain for company in companies} - {""}
    keys = {name_key(company.name) for company in companies} - {""}
    return [
        *Account.objects.filter(domain__any_of=domains).exclude(domain="").order_by(),
        *Account.objects.filter(name_key__any_of=keys).order_by(),
    ]


def changing_ids(accounts: Sequence[Account], companies: Sequence[Company]) -> set[int]:
    """The keys of those accounts of which a company says something that is news."""
    said: dict[str, list[Company]] = defaultdict(list)
    for company in companies:
        for key in {company.domain, name_key(company.name)} - {""}:
            said[key].append(company)
    return {
        account.pk
        for account in accounts
        if any(
            _is_news(company, account)
            for key in (account.domain, account.name_key)
            for company in said[key]
        )
    }


def _is_news(company: Company, account: Account) -> bool:
    """Whether `Directory` would change the account, were it this company's."""
    return bool(
        (company.domain and not account.domain)
        or (company.name and account.name == account.domain != company.name)
        or (company.industry and company.industry != account.industry)
        or company.employees not in (None, account.employees)
        or (company.country and not account.country)
    )


class Directory:
    """The accounts that these companies are; `write` writes what is new or changed.

    A company is found by its domain, else by its folded name, and is another one where
    both countries are known and differ. Only what is said changes an account: its name
    where it had none but its domain, its country where it had none, industry and size
    always. `named`: their `accounts_named`, where the caller has them.
    """

    def __init__(
        self,
        companies: Sequence[Company],
        *,
        present: Iterable[Account] = (),
        named: Sequence[Account] | None = None,
    ) -> None:
        found = accounts_named(companies) if named is None else named
        loaded = [*found, *present]
        loaded.sort(key=lambda account: account.pk)
        self._by_pk: dict[int, Account] = {}
        self._by_domain: dict[str, Account] = {}
        self._by_name: dict[str, list[Account]] = defaultdict(list)
        self._domainless: dict[str, list[Account]] = defaultdict(list)
        self._made: list[Account] = []
        for account in loaded:
            if self._by_pk.setdefault(account.pk, account) is account:
                self._index(account)
        self._before = {pk: _state(each) for pk, each in self._by_pk.items()}

    def find_or_plan(self, company: Company, *, present: Account | None) -> Account:
        """The account of the company; one that is new has no key before `write`.

        present: where the lead is now; of two companies of one name it is that one.
        """
        key = name_key(company.name)
        account = self._by_domain.get(company.domain) if company.domain else None
        if account is None and key:
            account = self._named(key, company, present)
        if account is None:
            account = Account(name=company.name or company.domain)
            account.name_key = name_key(account.name)
            account.domain = company.domain
            account.country_key = country_key(company.country)
            self._made.append(account)
        self._learn(account, company)
        self._index(account)
        return account

    def learn(self, account: Account, company: Company) -> Account:
        """Note what is said of a company that is known already."""
        account = self._by_pk.get(account.pk, account)
        self._learn(account, company)
        return account

    def write(self) -> tuple[list[int], list[int]]:
        """Write them; the accounts that changed, and those of them with a new name."""
        changed, renamed = [], []
        for pk, before in self._before.items():
            now = _state(self._by_pk[pk])
            if now != before:
                changed.append(pk)
            if now[0] != before[0]:
                renamed.append(pk)
        rows = [self._by_pk[pk] for pk in changed]
        Account.objects.bulk_update(rows, FIELDS, batch_size=100)
        keys = copying.new_keys(Account, len(self._made)) if self._made else []
        for account, key in zip(self._made, keys, strict=True):
            account.pk = key
        copying.insert_objects(Account, self._made)
        return changed, renamed

    @property
    def made_ids(self) -> list[int]:
        """The keys of the accounts that `write` made."""
        return [account.pk for account in self._made]

    def _named(
        self, key: str, company: Company, present: Account | None
    ) -> Account | None:
        """The account of that name; with another domain it is another company."""
        without_domain = _fitting(self._domainless[key], company)
        if company.domain:
            if without_domain is not None:
                without_domain.domain = company.domain
                self._domainless[key].remove(without_domain)
            return without_domain
        if present is not None and present.name_key == key:
            return self._by_pk.get(present.pk, present)
        return without_domain or _fitting(self._by_name[key], company)

    def _learn(self, account: Account, company: Company) -> None:
        if company.name and account.name == account.domain != company.name:
            account.name = company.name
            account.name_key = name_key(company.name)
        account.industry = company.industry or account.industry
        if company.employees is not None:
            account.employees = company.employees
        account.country = account.country or company.country

    def _index(self, account: Account) -> None:
        lists = [self._by_name[account.name_key]]
        if account.domain:
            self._by_domain[account.domain] = account
        else:
            lists.append(self._domainless[account.name_key])
        for accounts in lists:
            if not any(known is account for known in accounts):
                accounts.append(account)


def country_key(country: str) -> str:
    """The form under which two of one name are told apart by their country."""
    return folded_key(country, longest=LONGEST_COUNTRY)


def _fitting(accounts: Sequence[Account], company: Company) -> Account | None:
    """The one that may be the company, by its country; one that has it goes first."""
    fitting = [
        account
        for account in accounts
        if not (account.country and company.country)
        or country_key(account.country) == country_key(company.country)
    ]
    is_known = bool(company.country)
    return max(fitting, key=lambda it: bool(it.country) == is_known, default=None)


def _state(account: Account) -> tuple[object, ...]:
    return tuple(getattr(account, name) for name in FIELDS)
