import { catalogue } from "./catalogue/catalogue.ts";
import type { ExclusiveInputs } from "./catalogue/exclusive-inputs.ts";
import { nameInputOf } from "./physical-names.ts";
import type { PlanNode } from "./plan-node.ts";

/** Values that only one resource can have at a time. */
export interface ExclusiveValues {
    readonly row: ExclusiveInputs;
    /** Equal for two resources of a type that cannot both exist. */
    readonly key: string;
    /** For a reader: `priority 20`. */
    readonly text: string;
    /** A name in AWS: Pulumi invents another one for a replacement, or deletes first. */
    readonly isName: boolean;
}

/** The exclusive values of a resource. A resource that lacks one of the inputs has no such values: AWS chooses them. */
export const exclusiveValuesOf = ({ type, inputs }: PlanNode): ExclusiveValues[] => {
    const rows = catalogue[type]?.exclusive ?? [];
    return "none" in rows
        ? []
        : rows
              .filter((row) => row.inputs.every((input) => inputs[input] !== undefined))
              .map((row) => {
                  const values = row.inputs.map((input) => inputs[input]);
                  const own = row.inputs.at(-1);
                  return {
                      row,
                      key: JSON.stringify([type, row.inputs, values]),
                      text: own === undefined ? "the only one of the account" : `${own} ${JSON.stringify(inputs[own])}`,
                      isName: row.inputs.includes(nameInputOf(type)),
                  };
              });
};
