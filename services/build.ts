import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Programs by their names in the folder of their image: each service, the migration, and the second programs of two images. */
const programs = {
    ...Object.fromEntries(
        ["api", "payment", "notification", "migration"].map((image) => [`${image}/main`, `services/${image}/main.ts`]),
    ),
    "migration/after-restore": "services/migration/after-restore.ts",
    "payment/reconcile": "services/payment/reconciliation/main.ts",
};

/** The line by which packages that are not ES modules load what Node.js has, in a bundle that is one. */
const requireOfNode = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

const root = join(import.meta.dirname, "..");
const output = join(root, "dist", "services");

rmSync(output, { recursive: true, force: true });
await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: output,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    // An option of pg for connections through a C library, which is not installed.
    external: ["pg-native"],
    banner: { js: requireOfNode },
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    logLevel: "warning",
});
cpSync(join(root, "services", "migration", "sql"), join(output, "migration", "sql"), { recursive: true });
