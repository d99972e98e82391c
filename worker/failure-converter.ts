import { DefaultFailureConverter } from '@temporalio/common';

/** Puts the message and stack of every failure into a payload, where codecs reach them. Reads failures of either kind. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
