import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { rowsOfAwsTypes } from "../../plan/catalogue/catalogue.ts";
import { compareText } from "../../plan/query.ts";

/** A property that a class or an interface of the SDK declares. */
interface Property {
    readonly optional: boolean;
    /** Names of the interfaces in its type. */
    readonly interfaces: readonly string[];
}

type Properties = ReadonlyMap<string, Property>;

/**
 * The inputs of each planned type that a resource keeps when the program no longer sets them, as the installed SDK declares
 * them: the provider's schema has them as `Optional` and `Computed`, so the SDK has an optional input, and an output that
 * always has a value.
 */
export function keptInputs(): { readonly sdk: string; readonly inputs: Readonly<Record<string, readonly string[]>> } {
    const read = (file: string) => readFileSync(resolve("node_modules/@pulumi/aws", file), "utf8");
    const { version } = JSON.parse(read("package.json")) as { version: string };
    const sides = {
        input: interfacesOf(read("types/input.d.ts")),
        output: interfacesOf(read("types/output.d.ts")),
    };
    const inputs = Object.keys(rowsOfAwsTypes)
        .toSorted(compareText)
        .map((type): [string, string[]] => {
            const [, file = "", name = ""] = type.split(":");
            const text = read(`${file}.d.ts`);
            const found = keptPaths(
                propertiesOf(block(text, `export interface ${name}Args {`)),
                propertiesOf(block(text, `export declare class ${name} extends `)),
                sides,
            );
            return [type, found.toSorted(compareText)];
        })
        .filter(([, paths]) => paths.length > 0);
    return { sdk: `@pulumi/aws ${version}`, inputs: Object.fromEntries(inputs) };
}

interface Sides {
    readonly input: GetInterface;
    readonly output: GetInterface;
}

/** The properties of an interface by namespace and name, such as `rds.ClusterServerlessv2ScalingConfiguration`. */
type GetInterface = (name: string) => Properties;

/** A statement of a firewall's rule inside another one: its inputs are those of the statement outside. */
const repeatedStatement = "scopeDownStatement";

/** Paths of inputs that are optional, while the output of the same name always has a value. */
function keptPaths(args: Properties, outputs: Properties, sides: Sides, within: readonly string[] = []): string[] {
    return [...args].flatMap(([name, input]) => {
        const output = outputs.get(name);
        const [inner] = input.interfaces;
        const [outer] = output?.interfaces ?? [];
        const own = input.optional && output?.optional === false ? [name] : [];
        if (inner === undefined || outer === undefined || within.includes(inner) || name === repeatedStatement) {
            return own;
        }
        const nested = keptPaths(sides.input(inner), sides.output(outer), sides, [...within, inner]);
        return [...own, ...nested.map((path) => `${name}.${path}`)];
    });
}

/** The text of a declaration, from its first line to the brace that ends it. */
function block(text: string, start: string, end = "\n}"): string {
    const from = text.indexOf(start);
    return from < 0 ? "" : text.slice(from, text.indexOf(end, from));
}

/** A property on one line, or one whose type is a map, on three. */
const declaration = /^ *(?:readonly )?(\w+)(\??): ((?:[^\n{]*\{\n[^\n]*\n *\}[^\n]*|[^\n]*));$/gm;

/** An output's type has `undefined` where the provider may return nothing. */
const propertiesOf = (text: string): Properties =>
    new Map(
        [...text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "").matchAll(declaration)].map(([, name = "", mark, type = ""]) => [
            name,
            {
                optional: mark === "?" || (type.startsWith("pulumi.Output<") && type.endsWith("| undefined>")),
                interfaces: [...type.matchAll(/\b(?:inputs|outputs)\.([\w.]+)/g)].map(([, found = ""]) => found),
            },
        ]),
    );

/** The interfaces of a file of the SDK, each read when it is asked for: the file has thousands, for all of AWS. */
function interfacesOf(text: string): GetInterface {
    const namespaces = new Map(
        text.split("\nexport declare namespace ").map((body) => [body.slice(0, body.indexOf(" ")), body]),
    );
    return (path) => {
        const [namespace = "", name = ""] = path.split(".");
        return propertiesOf(block(namespaces.get(namespace) ?? "", `\n    interface ${name} {`, "\n    }"));
    };
}
