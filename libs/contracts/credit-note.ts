import { z } from 'zod';

export const noteLanguages = ['en', 'zh-CN'] as const;
export type NoteLanguage = (typeof noteLanguages)[number];

/** `GET /v1/refunds/{id}/credit-note.pdf`. */
export const creditNoteQuery = z.strictObject({ lang: z.enum(noteLanguages).optional() });
export type CreditNoteQuery = z.infer<typeof creditNoteQuery>;
