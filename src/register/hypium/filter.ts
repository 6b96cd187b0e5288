// Which tests run, by the parameters of a device.

import type { Parameters } from './parameters.ts';

/** A test, for the filter. */
export interface FilteredTest {
  /** Names of its suites, the outermost first. */
  readonly suites: readonly string[];
  readonly name: string;
  readonly attribute: number;
  /** Separated by `|`. */
  readonly tag: string | undefined;
}

/** Whether the parameters leave any test out. */
export function isFiltering(parameters: Parameters): boolean {
  const { class: classes, notClass, suite, itName, tag } = parameters;
  const texts = [parameters.filter, ...classes, ...notClass, ...suite, ...itName, ...tag];
  return texts.some((text) => text.length > 0) || parameters.attribute !== 0;
}

/** Whether a test runs. */
export function isSelected(parameters: Parameters, test: FilteredTest): boolean {
  const { suites, name, attribute, tag } = test;
  const { class: classes, notClass, suite, itName, attribute: wanted } = parameters;
  const isOfSuite = (given: string): boolean =>
    suites.some((own, index) => given === own || given === pathOf(suites, index));
  const isOfClass = (given: string): boolean => {
    const at = given.indexOf('#');
    return at === -1 ? isOfSuite(given) : isOfSuite(given.slice(0, at)) && given.slice(at + 1) === name;
  };
  if (classes.length > 0 && !classes.some(isOfClass)) return false;
  if (notClass.some(isOfClass)) return false;
  if (suite.length > 0 && !suite.some(isOfSuite)) return false;
  if (itName.length > 0 && !itName.includes(name)) return false;
  if (!`${suites.join('.')}#${name}`.includes(parameters.filter)) return false;
  if (attribute !== 0 && (attribute & wanted) !== wanted) return false;
  const tags = tag?.split('|') ?? [];
  return parameters.tag.length === 0 || parameters.tag.some((all) => all.every((one) => tags.includes(one)));
}

function pathOf(suites: readonly string[], index: number): string {
  return suites.slice(0, index + 1).join('.');
}
