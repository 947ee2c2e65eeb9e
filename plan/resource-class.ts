/** Properties that a resource class of a provider package declares. */
export interface ResourceClass {
    /** Output-only properties, such as `arn`. */
    outputs: string[];
    inputs: Set<string>;
    /** Required inputs. */
    required: string[];
}

const inputAssignment = /resourceInputs\["(\w+)"\] = (undefined \/\*out\*\/)?/g;
const requiredPropertyCheck = /Missing required property '(\w+)'/g;

/**
 * Reads the declaration from the source of the generated class, the only place that distinguishes an output from an optional
 * input: at run time both are `undefined`.
 */
export function readResourceClass(source: string): ResourceClass {
    const outputs = new Set<string>();
    const inputs = new Set<string>();
    for (const [, name, output] of source.matchAll(inputAssignment)) {
        (output === undefined ? inputs : outputs).add(String(name));
    }
    // The branch that reads an existing resource sets all properties, including outputs.
    for (const name of outputs) {
        inputs.delete(name);
    }
    return {
        outputs: [...outputs],
        inputs,
        required: [...source.matchAll(requiredPropertyCheck)].map(([, name]) => String(name)),
    };
}
