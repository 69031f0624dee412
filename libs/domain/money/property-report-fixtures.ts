/** Values as TypeScript writes them, so that what a property found can be pasted into a test. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key)}: ${literal(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** The smallest case a property fails for, as a test that stands by itself beside it. `holds` is the name of the property's function. */
export function pasteable(name: string, holds: string, values: readonly unknown[]): string {
  return `test(${literal(`${name}: a case that was found`)}, () => {\n  ${holds}(${values.map((value) => `\n    ${literal(value)},`).join('')}\n  );\n});`;
}
