import { withoutAttributeFiles } from "../../../tools/deploy/backend.ts";
import { missingPrerequisite } from "./environment.ts";

/**
 * Says once why all scenarios are skipped; fails instead where `ENGINE_TESTS=required`, so that a run cannot pass empty. The
 * state is kept as `npm run deploy` keeps it on a machine, since scenarios kill the CLI.
 */
export default function setUp(): void {
    const reason = missingPrerequisite(process.env);
    if (reason !== undefined) {
        if (process.env.ENGINE_TESTS === "required") {
            throw new Error(`engine tests are required, and cannot run: ${reason}`);
        }
        process.stdout.write(`\nengine tests skipped: ${reason}\n`);
        return;
    }
    process.env.PULUMI_BACKEND_URL = withoutAttributeFiles(new URL(process.env.PULUMI_BACKEND_URL ?? ""));
}
