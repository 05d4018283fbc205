"""The currencies in which a deal is made or a campaign is paid.

Source: ISO 4217, the active codes of money that people pay with.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD
BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB
EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_CODES.split())


def own() -> str:
    """The one in which reports are kept, and what names no other is."""
    return str(settings.CURRENCY)


@register()
def check_own(**_asked: Any) -> list[CheckMessage]:
    """An error where the setting names no currency."""
    if own() in CODES:
        return []
    hint = "Set it to one such as EUR or USD."
    return [Error(f"CURRENCY is no currency: {own()!r}.", hint=hint, id="baton.E001")]
