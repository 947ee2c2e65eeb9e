/** How Istanbul begins a module: a function that makes its counters, with the path that they are kept under. */
const counterFunction = /\bfunction (cov_\w+)\(\) \{\n +var path = ("[^\n]*");\n/;

/**
 * The source with coverage in which each statement, function and branch increases its counter directly. Istanbul's own
 * code calls a function for each, and describes all of them again each time that the module is loaded. Both take longer
 * than most of the code that they count. Lines keep their numbers. A source without coverage is returned as it is.
 */
export function withDirectCounters(source: string): string {
    const [, name, path] = counterFunction.exec(source) ?? [];
    const firstCall = `\n${name}();`;
    const [head, ...rest] = source.split(firstCall);
    if (name === undefined || path === undefined || head === undefined) {
        return source;
    }
    // A module that was loaded before has its counters: the environment keeps them from one test file to the next.
    const counters = `\nvar { s: ${name}_s, f: ${name}_f, b: ${name}_b } = globalThis.__coverage__?.[${path}] ?? ${name}();`;
    return head + counters + rest.join(firstCall).replaceAll(`${name}().`, `${name}_`);
}
