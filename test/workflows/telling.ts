import { condition, continueAsNew, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import type { Telling } from '../../model/notification.ts';
import type { MessengerState } from '../../workflows/notify.ts';
import { Messenger } from '../../workflows/notify.ts';

export const sayAll = defineSignal<[readonly Telling[]]>('sayAll');
export const turn = defineSignal('turn');
export const end = defineSignal('end');
export const untoldLines = defineQuery<readonly string[]>('untoldLines');

/** A messenger and nothing else: tells what it is signalled, continues as new, or ends when told to. */
export async function telling(input: { readonly left?: MessengerState }): Promise<readonly string[]> {
  const lines: string[] = [];
  let next: 'turn' | 'end' | undefined;
  const messenger = new Messenger({ incident: 'INC-42', onUntold: (words) => lines.push(words) });
  setHandler(sayAll, (said) => {
    for (const one of said) messenger.tell(one);
  });
  setHandler(turn, () => void (next = 'turn'));
  setHandler(end, () => void (next = 'end'));
  setHandler(untoldLines, () => lines);
  messenger.restore(input.left ?? []);
  void messenger.serve();
  await condition(() => next !== undefined);
  if (next === 'turn') await continueAsNew<typeof telling>({ left: messenger.snapshot() });
  await messenger.flush();
  return lines;
}
