import { namespace, suggestName } from "../../lib/settings/problem.ts";
import { plannedManifest, withoutManifest } from "../../plan/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { readStack } from "../../plan/stack-file.ts";
import { defineCommand, jsonOption, option, type ArgumentsOf } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { writeJson } from "../frame/json-output.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseAccountId, parseWholeNumber } from "../frame/values.ts";
import { componentNames, findComponents, renderPlan } from "./render.ts";

/** They write everything, in the place of the tree. */
const jsonOptions = ["json", "manifest", "deployerPolicy"];

const spec = {
    arguments: { stack: stackArgument },
    options: {
        json: jsonOption("write the whole graph as JSON, see docs/plan.md"),
        manifest: jsonOption("write what an auditor asks for as JSON, see docs/manifest.md", ["json"]),
        deployerPolicy: jsonOption(
            "write the least IAM policies that preview and deploy the stack as JSON, see docs/deployer.md",
            ["json", "manifest"],
        ),
        account: option("<id>", "with --deployer-policy: the account, when the stack sets no accountId", {
            parse: parseAccountId,
            onlyWith: { option: "deployerPolicy" },
        }),
        depth: option("<n>", "show n levels of the tree below its top", {
            parse: parseWholeNumber,
            conflicts: jsonOptions,
        }),
        only: option("<component>", "show one component, by its name or type", { conflicts: jsonOptions }),
    },
};

export const command = defineCommand(spec, async (values, context) => {
    const { stack, only } = values;
    const plan = await context.planStack(context.root, stack);
    if (only !== undefined && findComponents(plan, only).length === 0) {
        throw new ExitError("usage", `no component "${only}": ${suggestName(only, componentNames(plan))}`);
    }
    plan.messages.forEach(context.say);
    await printPlan(plan, values, context);
});

async function printPlan(
    plan: Plan,
    values: ArgumentsOf<typeof spec.arguments, typeof spec.options>,
    context: CommandContext,
): Promise<void> {
    const { stack, json, manifest, deployerPolicy, account, depth, only } = values;
    const { root, out, style, width } = context;
    if (json !== undefined) {
        // What the program wrote has been shown already and is no part of the graph.
        writeJson(context, { ...plan, messages: undefined }, `${plan.nodes.length} nodes`, json);
    } else if (manifest !== undefined) {
        const content = plannedManifest(plan, readStack(root, stack).config[`${namespace}accountId`]);
        writeJson(context, content, `${content.resources.length} resources`, manifest);
    } else if (deployerPolicy !== undefined) {
        const policies = await deployerPoliciesOf(plan, account, context);
        const count = policies.preview.length + policies.deploy.length + 1;
        writeJson(context, policies, `${count} policies`, deployerPolicy);
    } else {
        out(renderPlan(withoutManifest(plan), { depth, only, style, width }));
    }
}

/** Loads what no other output needs. */
async function deployerPoliciesOf(plan: Plan, account: string | undefined, { root, say }: CommandContext) {
    const { deployerPolicies, deployerLocationOfStack, locationWarnings, requireBoundedRoles } =
        await import("../../analysis/deployer/policies.ts");
    const { driftPermissions } = await import("../drift/child-listers.ts");
    const { recoveryGrants } = await import("../deploy/lookups.ts");
    const { config } = readStack(root, plan.stack);
    const location = deployerLocationOfStack(config, account);
    requireBoundedRoles(location, config[`${namespace}compliance`]);
    locationWarnings(location).forEach((warning) => {
        say(`warning: ${warning}`);
    });
    return deployerPolicies(plan, location, { drift: driftPermissions(plan), recovery: recoveryGrants(plan) });
}
