import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname } from "node:path";
import { compileFunction, runInContext, type Context } from "node:vm";
import { modulesLoadedOnDemand } from "../../plan/load-on-demand.ts";

interface LoadedModule {
    exports: unknown;
}

type Wrapper = (exports: unknown, require: unknown, module: LoadedModule, filename: string, dirname: string) => void;

const parameters = ["exports", "require", "module", "__filename", "__dirname"];

/** Loads CommonJS modules into a context, each once, as Node's own `require` loads them into the main one. */
export class PackageLoader {
    /** Global variables that the modules have set while they were loaded, and rely upon. */
    readonly globals = new Set<PropertyKey>();
    private readonly modules = new Map<string, LoadedModule>();
    private readonly context: Context;
    private readonly scope: object;

    constructor(context: Context) {
        this.context = context;
        this.scope = runInContext("globalThis", context) as object;
    }

    /** What the module at a path exports. */
    load(path: string): unknown {
        const known = this.modules.get(path);
        if (known !== undefined) {
            // For each use of an export: to list all globals would take longer than the use.
            return known.exports;
        }
        const before = new Set(Reflect.ownKeys(this.scope));
        const exports = this.require(path);
        for (const key of Reflect.ownKeys(this.scope)) {
            if (!before.has(key)) {
                this.globals.add(key);
            }
        }
        return exports;
    }

    private require(path: string): unknown {
        const known = this.modules.get(path);
        if (known !== undefined) {
            return known.exports;
        }
        const module: LoadedModule = { exports: {} };
        // Before it runs: a module of a circle gets what the other has exported so far.
        this.modules.set(path, module);
        try {
            this.run(path, module);
        } catch (error) {
            this.modules.delete(path);
            throw error;
        }
        return module.exports;
    }

    /** The module at a path, loaded at the first use of something that it exports. */
    private onDemand(path: string): object {
        // Without this mark, compiled ES modules copy all members of the module.
        const get = (_: object, key: PropertyKey): unknown =>
            key === "__esModule" || Reflect.get(Object(this.load(path)) as object, key);
        return new Proxy({}, { get });
    }

    private run(path: string, module: LoadedModule): void {
        const native = createRequire(path);
        const extension = extname(path);
        if (extension === ".node") {
            module.exports = native(path);
            return;
        }
        const source = readFileSync(path, "utf8");
        if (extension === ".json") {
            module.exports = JSON.parse(source);
            return;
        }
        const require = Object.assign(
            (name: string): unknown => {
                if (isBuiltin(name)) {
                    return native(name);
                }
                const found = native.resolve(name);
                return modulesLoadedOnDemand.includes(name) ? this.onDemand(found) : this.require(found);
            },
            { resolve: native.resolve, cache: {} },
        );
        const wrapper = compileFunction(source, parameters, {
            filename: path,
            parsingContext: this.context,
        }) as Wrapper;
        wrapper.call(module.exports, module.exports, require, module, path, dirname(path));
    }
}
