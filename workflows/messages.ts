import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { letterSignal, letterUpdate, type Letter, type LetterReceipt } from '#libs/contracts/messages';

/** From people, who wait for an answer. */
export const letter = defineUpdate<LetterReceipt, [Letter]>(letterUpdate);
/** From machines, who do not. */
export const fact = defineSignal<[Letter]>(letterSignal);
