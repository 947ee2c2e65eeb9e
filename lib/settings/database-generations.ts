import { nameOf, type Scope } from "../scope.ts";

/** Generations of the database that a stack may number. AWS's limit on names leaves one digit. */
export const maxGeneration = 9;

/** Noun in the names of a cluster: `database`, and `database2` for the second generation. */
export const clusterNoun = (generation: number): string => withGeneration("database", generation);

/** Identifier of a cluster. */
export const databaseClusterName = (scope: Pick<Scope, "suffix">, generation: number): string =>
    nameOf(scope, clusterNoun(generation));

/** A noun of a resource that each cluster has. Those of the first cluster have no number. */
export const withGeneration = (noun: string, generation: number): string =>
    generation === 1 ? noun : `${noun}${generation}`;

interface Generations {
    /** The cluster that the services use. */
    readonly generation: number;
    readonly otherGenerations?: readonly number[];
}

/** Every cluster that the stack has, the one in use and the others. */
export const generationsOf = ({ generation, otherGenerations = [] }: Generations): number[] =>
    [generation, ...otherGenerations].toSorted((a, b) => a - b);
