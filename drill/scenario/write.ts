import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { estatePeople, makeKey } from './people.ts';
import type { Scenario } from './scenarios.ts';

/** Stands for the twin's address in the estate files. */
const TWIN_PLACEHOLDER = 'http://twin.example';
const NAMESPACE = 'decision@firedoor';

/** A person of the drill and the key they sign with. */
export interface DrillPerson {
  readonly id: string;
  readonly roles: readonly string[];
  /** An OpenSSH private key without a passphrase; the public one is beside it, `.pub`. */
  readonly keyPath: string;
}

/** A scenario's files, ready for a worker to be configured with. */
export interface WrittenScenario {
  readonly directory: string;
  readonly estatePath: string;
  readonly allowedSignersPath: string;
  /** Paths by name: `naive`, `intrusion`. */
  readonly playbooks: Readonly<Record<string, string>>;
  /** By id, such as `ada@example.org`. */
  readonly people: Readonly<Record<string, DrillPerson>>;
  /** A key that nobody in the estate has: for the forged decision. */
  readonly outsiderKeyPath: string;
}

/** Where the twin answers, such as `http://127.0.0.1:40001`. */
export interface WriteOptions {
  readonly twinUrl: string;
}

/**
 * Writes a scenario's estate, sites and playbooks into a folder, with the twin's address in its probes, and makes a
 * key for each person with `ssh-keygen`, and the `allowed_signers` file.
 */
export async function writeScenario(
  scenario: Scenario,
  directory: string,
  { twinUrl }: WriteOptions,
): Promise<WrittenScenario> {
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  const template = await readFile(join(scenario.directory, 'estate.yaml'), 'utf8');
  const estatePath = join(directory, 'estate.yaml');
  await writeFile(estatePath, template.replaceAll(TWIN_PLACEHOLDER, twinUrl.replace(/\/$/, '')));
  await cp(join(scenario.directory, 'sites'), join(directory, 'sites'), { recursive: true });
  const people = await writeKeys(template, directory);
  const allowedSignersPath = join(directory, 'allowed_signers');
  await writeFile(allowedSignersPath, await allowedSigners(people));
  return {
    directory,
    estatePath,
    allowedSignersPath,
    playbooks: await writePlaybooks(scenario, directory),
    people: Object.fromEntries(people.map((person) => [person.id, person])),
    outsiderKeyPath: await makeKey(join(directory, 'keys', 'outsider'), 'outsider'),
  };
}

async function writePlaybooks(scenario: Scenario, directory: string): Promise<Readonly<Record<string, string>>> {
  const target = join(directory, 'playbooks');
  await cp(join(scenario.directory, 'playbooks'), target, { recursive: true });
  const names = (await readdir(target)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Object.fromEntries(names.map((name) => [name.slice(0, -'.yaml'.length), join(target, name)]));
}

async function writeKeys(template: string, directory: string): Promise<readonly DrillPerson[]> {
  return await Promise.all(
    estatePeople(template).map(async ({ id, roles }) => {
      const file = join(directory, 'keys', id.split('@')[0] ?? id);
      return { id, roles, keyPath: await makeKey(file, id) };
    }),
  );
}

async function allowedSigners(people: readonly DrillPerson[]): Promise<string> {
  const lines = people.map(async ({ id, keyPath }) => {
    const [type, key] = (await readFile(`${keyPath}.pub`, 'utf8')).trim().split(' ');
    return `${id} namespaces="${NAMESPACE}" ${type} ${key}\n`;
  });
  return (await Promise.all(lines)).join('');
}
