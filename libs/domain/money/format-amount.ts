import { currencyDecimals, isCurrency } from '../policy/currencies';

/** 20005 KWD → "20.005 KWD"; 500 JPY → "500 JPY"; two decimals for a code we do not know. For people; never parsed back. */
export function formatAmount(amount: number, currency: string): string {
  const decimals = isCurrency(currency) ? currencyDecimals(currency) : 2;
  const figures = Math.abs(amount)
    .toString()
    .padStart(decimals + 1, '0');
  const number = decimals === 0 ? figures : `${figures.slice(0, -decimals)}.${figures.slice(-decimals)}`;
  return `${amount < 0 ? '−' : ''}${number} ${currency}`;
}
