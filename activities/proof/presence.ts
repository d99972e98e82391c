/** Reads length-prefixed fields, as SSH writes them (RFC 4251, section 5). @throws RangeError past the end */
class FieldReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, from = 0) {
    this.#bytes = bytes;
    this.#at = from;
  }

  field(): Buffer {
    const start = this.#at + 4;
    const end = start + this.#bytes.readUInt32BE(this.#at);
    if (end > this.#bytes.length) throw new RangeError('a field ends past its message');
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }
}

/** Bytes before the fields of an SSHSIG: its magic and version (OpenSSH PROTOCOL.sshsig). */
const preambleBytes = 10;
const userPresent = 0x01;

/**
 * True where a signature of a hardware key says that nobody touched it. `ssh-keygen -Y verify` takes such a one as good, unlike
 * `sshd` (measured with OpenSSH 9.2), and then whatever reaches the key could approve by itself. For signatures that were verified:
 * it verifies nothing. Of other kinds of key it is false.
 *
 * @param armoured - the SSHSIG (OpenSSH PROTOCOL.sshsig; its last part by PROTOCOL.u2f, *SSH U2F signatures*)
 */
export function isUntouched(armoured: string): boolean {
  const body = armoured.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '');
  const fields = new FieldReader(Buffer.from(body, 'base64'), preambleBytes);
  // public key, namespace, reserved, hash algorithm; the signature comes after them.
  for (let skipped = 0; skipped < 4; skipped += 1) fields.field();
  const signature = new FieldReader(fields.field());
  const kind = signature.field().toString('latin1');
  if (!/^(?:webauthn-)?sk-/.test(kind)) return false;
  signature.field();
  return (signature.byte() & userPresent) === 0;
}
