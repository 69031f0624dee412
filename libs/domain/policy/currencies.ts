/** ISO 4217: the codes in use, by the number of decimals of their minor unit. Funds, metals and test codes are left out: nobody is paid in them. */
const codesByDecimals: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD ' +
    'EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL ' +
    'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP ' +
    'SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};
const decimals: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByDecimals).flatMap(([places, codes]) => codes.split(' ').map((code) => [code, Number(places)] as const)),
);

export const currencyCodes: readonly string[] = [...decimals.keys()].toSorted();

export function isCurrency(code: string): boolean {
  return decimals.has(code);
}

/** Decimals of a currency's minor unit (JPY 0, CNY 2, KWD 3). Throws RangeError on a code we do not know. */
export function currencyDecimals(code: string): number {
  const places = decimals.get(code);
  if (places === undefined) throw new RangeError(`unknown currency: ${code}`);
  return places;
}
