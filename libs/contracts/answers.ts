import { z } from 'zod';

/** Parts of answers. Unlike requests they are open: a client must expect fields that are added later. */
export const time = z.iso.datetime().meta({ description: 'RFC 3339, UTC' });
export const money = z.int().meta({ description: 'Minor units of the currency' });
