"""ISO 4217 currency codes and their minor units.

Source: ISO 4217 as packaged in iso-codes 4.15.0 (2023), without what has been withdrawn (CUC, HRK, SLL, ANG, ZWL, and
BGN, which gave way to EUR on 2026-01-01) and with what has been added since (XCG, ZWG; SLE and VED were there). The
exponents are those of ISO 4217 "List one". As of 2026-01. Funds codes, precious metals and codes for testing are left
out: no card payment is made in them.
"""

from __future__ import annotations

from typing import Final

_NO_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
_HUNDREDTHS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS: Final = {
    code: exponent
    for codes, exponent in ((_NO_MINOR_UNIT, 0), (_HUNDREDTHS, 2), (_THOUSANDTHS, 3))
    for code in codes.split()
}
"""Code → number of decimal places of an amount given in minor units: 250 JPY is 250 yen, 250 EUR is 2.50 euro."""
