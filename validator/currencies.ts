/**
 * The currencies a payment may be in, by the exponent of their minor unit.
 *
 * Source: ISO 4217 list one, published 2024-06-25 by SIX (https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml),
 * with what changed since: XCG for ANG (2025-03-31), BGN replaced by EUR (2026-01-01), CUC is withdrawn.
 * Left out on purpose, because they are not used for payments: funds and index units (BOV, CHE, CHW, CLF, COU, MXV, USN, UYI, UYW), metals, bond
 * units, XDR, XTS and XXX. Most of these have no exponent at all.
 */
const codesByExponent: Record<number, string> = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
        CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
        KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
        PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
        TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
    3: "BHD IQD JOD KWD LYD OMR TND",
};

/** ISO 4217 alphabetic code to the number of decimals of its minor unit. A Map, so that "constructor" is not a currency. */
export const currencyExponents: ReadonlyMap<string, number> = new Map(
    Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
        codes.split(/\s+/).map((code): [string, number] => [code, Number(exponent)]),
    ),
);

/** An amount in minor units as people write it: 1234 with exponent 2 is "12.34". Digits are moved, never divided: no rounding. */
export function inMajorUnits(amountMinor: number, exponent: number): string {
    if (exponent === 0) {
        return String(amountMinor);
    }
    const digits = String(amountMinor).padStart(exponent + 1, "0");
    return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
