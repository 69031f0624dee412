import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { letterSignal, letterUpdate, returnWorkflowId, returnWorkflowType, searchAttributes, type Letter, type LetterReceipt } from '#libs/contracts/messages';
import type { ReturnState } from '#libs/domain/return/state';

export interface ReturnDoorOptions {
  readonly taskQueue: string;
  /** Lowers the history length at which a run continues as new; tests only. */
  readonly historyLimit?: number;
}
type ReturnWorkflow = (state: ReturnState) => Promise<void>;
const merchantKey = defineSearchAttributeKey(searchAttributes.merchantId, 'KEYWORD');
const attentionKey = defineSearchAttributeKey(searchAttributes.needsAttention, 'BOOL');

/**
 * The way into a return's process. Whatever is sent starts the workflow from the row's state if none runs, so a lost Temporal database, a reset, an ended workflow and
 * continue-as-new need no branch anywhere.
 */
export class ReturnDoor {
  constructor(
    private readonly client: Client,
    private readonly options: ReturnDoorOptions,
  ) {}

  /** For people, who wait. No answer within the time, or from a run that just ended, is no refusal: ask the command's row, and send it again. */
  async update(state: ReturnState, letter: Letter, deadline: number): Promise<void> {
    const startWorkflowOperation = new WithStartWorkflowOperation<ReturnWorkflow>(returnWorkflowType, {
      ...this.start(state),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      await this.client.connection.withDeadline(deadline, () =>
        this.client.workflow.executeUpdateWithStart<ReturnWorkflow, LetterReceipt, [Letter]>(letterUpdate, {
          args: [letter],
          updateId: letter.id,
          startWorkflowOperation,
        }),
      );
    } catch (error) {
      // A run that ends in the very task that carries an Update makes the Update fail, although nobody has refused it.
      if (!(error instanceof WorkflowUpdateFailedError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    }
  }

  /** For machines, who do not wait. */
  async signal(state: ReturnState, letter: Letter): Promise<void> {
    await this.client.workflow.signalWithStart<ReturnWorkflow, [Letter]>(returnWorkflowType, {
      ...this.start(state),
      signal: letterSignal,
      signalArgs: [letter],
    });
  }

  /** An open return whose workflow is gone goes on; one that runs is left alone. */
  async wake(state: ReturnState): Promise<void> {
    await this.client.workflow.start<ReturnWorkflow>(returnWorkflowType, { ...this.start(state), workflowIdConflictPolicy: 'USE_EXISTING' });
  }

  private start(state: ReturnState): WorkflowStartOptions<ReturnWorkflow> {
    // A run says from its start what it knows, and tells only what changes: a run that goes on where another has ended is as much in need of somebody.
    const typedSearchAttributes: SearchAttributePair[] = [
      { key: merchantKey, value: state.merchantId },
      { key: attentionKey, value: state.attention !== null },
    ];
    return {
      workflowId: returnWorkflowId(state.merchantId, state.returnId),
      taskQueue: this.options.taskQueue,
      args: [state],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      // A worker's death delays its returns by this much: below the API's own patience.
      workflowTaskTimeout: '5s',
      typedSearchAttributes,
      ...(this.options.historyLimit !== undefined && { memo: { historyLimit: this.options.historyLimit } }),
    };
  }
}
