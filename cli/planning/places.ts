import type { DocumentPath, Place, Refusal } from '../../model/refusal.ts';

/** How to find places in the files at hand. */
export type Locators = Partial<Record<DocumentPath['document'], (path: DocumentPath['path']) => Place>>;

/** Refusals with the place in the file for every fact whose file is at hand; places that are known already stay. */
export function withPlaces(refusals: readonly Refusal[], locators: Locators): readonly Refusal[] {
  return refusals.map((refusal) => ({
    ...refusal,
    facts: refusal.facts.map((fact) => {
      const locate = fact.at && locators[fact.at.document];
      return fact.place || !fact.at || !locate ? fact : { ...fact, place: locate(fact.at.path) };
    }),
  }));
}
