/** What a resource class of a provider package declares. */
export interface ResourceClass {
    /** Properties that only the provider sets, such as `arn`. */
    outputs: string[];
    /** Properties that a program may set. */
    inputs: Set<string>;
    /** Properties that a program must set. */
    required: string[];
}

const inputAssignment = /resourceInputs\["(\w+)"\] = (undefined \/\*out\*\/)?/g;
const requiredPropertyCheck = /Missing required property '(\w+)'/g;

/**
 * Reads the declaration from the source of the generated class, which is the only place that tells an output from an
 * optional input: at run time both are `undefined`.
 */
export function readResourceClass(source: string): ResourceClass {
    const outputs = new Set<string>();
    const inputs = new Set<string>();
    for (const [, name, output] of source.matchAll(inputAssignment)) {
        (output === undefined ? inputs : outputs).add(String(name));
    }
    // The branch that looks up an existing resource sets all properties, outputs too.
    for (const name of outputs) {
        inputs.delete(name);
    }
    return {
        outputs: [...outputs],
        inputs,
        required: [...source.matchAll(requiredPropertyCheck)].map(([, name]) => String(name)),
    };
}
