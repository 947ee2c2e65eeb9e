import type {
    PolicyPackArgs,
    PolicyResource,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";
import { requireItem } from "../lib/list.ts";
import type { Plan } from "../plan/plan.ts";
import { readSettingsOfStack, today } from "../plan/stack-settings.ts";
import { stackNamesIn } from "../plan/stack-file.ts";
import { controlsOfRule } from "./controls.ts";
import { readExceptions } from "./exceptions.ts";
import { memoizeByText, type UnknownRecord } from "../plan/query.ts";
import { adaptPlan, type AdaptedPlan } from "./pack/adapt.ts";
import { rawProperties } from "../analysis/engine/engine-values.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { runRules, type CheckResult } from "./run-rules.ts";

/** The plan of one preview or update. */
interface PolicyRun extends AdaptedPlan {
    readonly checkRule: (rule: Rule) => CheckResult;
}

/**
 * The rules as a policy pack of Pulumi: `pulumi preview --policy-pack checks`.
 *
 * @param root folder of the project
 * @param planStack makes the offline plan of one of its stacks
 */
export function createPolicyPack(
    root: string,
    planStack: (root: string, stack: string) => Promise<Plan>,
): PolicyPackArgs {
    const inputs = new Map<string, UnknownRecord>();
    // The files of a stack do not change during a run of the CLI.
    const offline = memoizeByText((stack) => planStack(root, stack));
    const run = memoizeByRun(({ resources }) => {
        const sent = new Map(inputs);
        inputs.clear();
        return preparePolicyRun(root, resources, sent, offline);
    });
    return {
        enforcementLevel: "mandatory",
        policies: [inputCollector(inputs), offlinePlanPolicy(run), ...rules.map((rule) => policyFromRule(rule, run))],
    };
}

/**
 * Collects inputs, which the engine sends only to resource policies. Stack policies get the outputs of the provider.
 */
const inputCollector = (inputs: Map<string, UnknownRecord>): ResourceValidationPolicy => ({
    name: "collect-inputs",
    description: "gathers what the rules judge at the end of the run, and finds nothing by itself",
    enforcementLevel: "advisory",
    validateResource: ({ urn, props }) => {
        inputs.set(urn, rawProperties(props));
    },
});

const offlinePlanPolicy = (run: GetPolicyRun): StackValidationPolicy => ({
    name: "as-planned",
    description: "the engine builds what the offline plan of the stack's files shows",
    enforcementLevel: "mandatory",
    validateStack: async (args, report) => {
        const { mismatches } = (await run("as-planned", args)) ?? { mismatches: [] };
        mismatches.forEach(({ urn, message }) => {
            report(`${message}. Run npm run plan -- <stack> on the same commit, with the same settings.`, urn);
        });
    },
});

const policyFromRule = (rule: Rule, run: GetPolicyRun): StackValidationPolicy => ({
    name: rule.name,
    description: rule.description,
    enforcementLevel: "mandatory",
    remediationSteps: rule.fix,
    framework: {
        name: "PCI DSS",
        version: "4.0.1",
        reference: "https://www.pcisecuritystandards.org",
        specification: controlsOfRule(rule).join(", "),
    },
    validateStack: async (args, report) => {
        const found = await run(rule.name, args);
        if (found !== undefined) {
            const { results, exceptionProblems } = found.checkRule(rule);
            const open = results
                .flatMap(({ violations }) => violations)
                .filter(({ exception }) => exception === undefined);
            for (const { resource, type, reason } of open) {
                const node = found.plan.nodes.find((each) => each.name === resource && each.type === type);
                report(`${resource} ${reason}. ${rule.fix}`, node?.urn);
            }
            exceptionProblems.forEach((problem) => {
                report(problem);
            });
        }
    },
});

/** Undefined where there are no resources. */
type GetPolicyRun = (policy: string, args: StackValidationArgs) => Promise<PolicyRun | undefined>;

/** The engine calls each policy once in a run, so a second call of a policy starts a new run. */
function memoizeByRun(compute: (args: StackValidationArgs) => Promise<PolicyRun | undefined>): GetPolicyRun {
    const asked = new Set<string>();
    let current: Promise<PolicyRun | undefined> | undefined;
    return (policy, args) => {
        if (current === undefined || asked.has(policy)) {
            asked.clear();
            current = compute(args);
        }
        asked.add(policy);
        return current;
    };
}

async function preparePolicyRun(
    root: string,
    resources: readonly PolicyResource[],
    inputs: ReadonlyMap<string, UnknownRecord>,
    offline: (stack: string) => Promise<Plan>,
): Promise<PolicyRun | undefined> {
    const [first] = resources;
    if (first === undefined) {
        return undefined;
    }
    const stack = stackNameOf(first.urn);
    const day = today();
    const settings = readSettingsOfStack(root, stack, day);
    const exceptions = readExceptions(root, { rules: rules.map(({ name }) => name), stacks: stackNamesIn(root) });
    const adapted = adaptPlan(await offline(stack), resources, inputs);
    return { ...adapted, checkRule: (rule) => runRules([rule], { plan: adapted.plan, settings }, exceptions, day) };
}

/** `dev` of `urn:pulumi:dev::payment-platform::...`. */
const stackNameOf = (urn: string): string => requireItem(urn.split(":"), 2);
