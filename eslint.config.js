import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** From the ground up: each floor imports from those before it, and from itself. */
const floors = ["contract", "validator", "lib", "plan", "analysis", "checks", "tools"];

/** The application is beside the platform: it imports from the two lowest floors, and no floor imports from it. */
const refused = {
    ...Object.fromEntries(floors.map((floor, index) => [floor, [...floors.slice(index + 1), "services", "test"]])),
    services: [...floors.slice(2), "test"],
    // Runs the services on one machine; the last entry of a file counts.
    "tools/local": ["test"],
};

/** Refuses imports of a floor from one that stands above it. */
const importsFromBelow = Object.entries(refused).map(([floor, above]) => ({
    files: [`${floor}/**/*.ts`],
    rules: {
        "no-restricted-imports": [
            "error",
            {
                patterns: [
                    {
                        regex: `^(\\.\\./)+(${above.join("|")})/`,
                        message: `${floor}/ imports only from floors below it (docs/design.md, "Floors").`,
                    },
                ],
            },
        ],
    },
}));

export default defineConfig(
    globalIgnores([".stryker-tmp/", "coverage/", "dist/", "node_modules/", "reports/"]),
    js.configs.recommended,
    { files: ["**/*.{cjs,mjs}"], languageOptions: { globals: { console: "readonly", process: "readonly" } } },
    {
        files: ["tools/report/page/*.js"],
        languageOptions: {
            globals: { document: "readonly", window: "readonly", location: "readonly", HTMLDetailsElement: "readonly" },
        },
    },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
        languageOptions: { parserOptions: { projectService: true } },
        plugins: { "@pulumi": pulumi },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@pulumi/no-output-instance-in-template-literal": "error",
            // A resource is made for its effect: nothing need hold the object.
            "no-new": "off",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            "@typescript-eslint/consistent-type-imports": "error",
            "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
        },
    },
    importsFromBelow,
    {
        files: ["test/**/*.ts"],
        // `expect(...)` on a mock's method names the method without calling it.
        rules: { "@typescript-eslint/unbound-method": "off" },
    },
);
