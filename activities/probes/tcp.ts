import { connect } from 'node:net';

/** Where a TCP probe knocks, and how long it waits. */
export interface TcpCheck {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** True when the host accepts a connection in time; it is closed at once. Never throws. */
export async function isListening(check: TcpCheck): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: check.host, port: check.port });
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      resolve(answer);
      socket.destroy();
    };
    const timer = setTimeout(() => finish(false), check.timeoutMs);
    socket.on('connect', () => finish(true));
    socket.on('error', () => finish(false));
  });
}
