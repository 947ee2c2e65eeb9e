import type {
    PolicyPackArgs,
    PolicyResource,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";
import { at } from "../lib/list.ts";
import type { Plan } from "../plan/plan.ts";
import { settingsOf, today } from "../plan/settings.ts";
import { stacksOf } from "../plan/stack-file.ts";
import { readExceptions } from "./exceptions.ts";
import type { Tree } from "../plan/query.ts";
import { adapt, type Adapted } from "./pack/adapt.ts";
import { bareProperties } from "../analysis/engine/engine-values.ts";
import { offlinePlan } from "./pack/offline-plan.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { judge, type Judgement } from "./run-rules.ts";

/** What one preview or update builds. */
interface Run extends Adapted {
    readonly judge: (rule: Rule) => Judgement;
}

/**
 * The rules as a policy pack of Pulumi: `pulumi preview --policy-pack checks`.
 *
 * @param root folder of the project
 */
export function packOf(root: string): PolicyPackArgs {
    const inputs = new Map<string, Tree>();
    const offline = oncePerStack((stack) => offlinePlan(root, stack));
    const run = oncePerRun(({ resources }) => {
        const sent = new Map(inputs);
        inputs.clear();
        return runOf(root, resources, sent, offline);
    });
    return {
        enforcementLevel: "mandatory",
        policies: [collector(inputs), asPlanned(run), ...rules.map((rule) => policyOf(rule, run))],
    };
}

/** Only here does the engine send inputs; at the end of a run it sends what the provider makes of them. */
const collector = (inputs: Map<string, Tree>): ResourceValidationPolicy => ({
    name: "collect-inputs",
    description: "gathers what the rules judge at the end of the run, and finds nothing by itself",
    enforcementLevel: "advisory",
    validateResource: ({ urn, props }) => {
        inputs.set(urn, bareProperties(props));
    },
});

const asPlanned = (run: RunOf): StackValidationPolicy => ({
    name: "as-planned",
    description: "the engine builds what the offline plan of the stack's files shows",
    enforcementLevel: "mandatory",
    validateStack: async (args, report) => {
        const { differences } = (await run("as-planned", args)) ?? { differences: [] };
        differences.forEach(({ urn, message }) => {
            report(`${message}. Run npm run plan -- <stack> on the same commit, with the same settings.`, urn);
        });
    },
});

const policyOf = (rule: Rule, run: RunOf): StackValidationPolicy => ({
    name: rule.name,
    description: rule.promise,
    enforcementLevel: "mandatory",
    remediationSteps: rule.fix,
    framework: {
        name: "PCI DSS",
        version: "4.0.1",
        reference: "https://www.pcisecuritystandards.org",
        specification: rule.controls.join(", "),
    },
    validateStack: async (args, report) => {
        const found = await run(rule.name, args);
        if (found !== undefined) {
            const { verdicts, problems } = found.judge(rule);
            const open = verdicts
                .flatMap(({ violations }) => violations)
                .filter(({ exception }) => exception === undefined);
            for (const { resource, type, reason } of open) {
                const node = found.plan.nodes.find((each) => each.name === resource && each.type === type);
                report(`${resource} ${reason}. ${rule.fix}`, node?.urn);
            }
            problems.forEach((problem) => {
                report(problem);
            });
        }
    },
});

/** Nothing where there are no resources. */
type RunOf = (policy: string, args: StackValidationArgs) => Promise<Run | undefined>;

/** The files of a stack stay the same while the CLI runs. */
function oncePerStack(plan: (stack: string) => Promise<Plan>): (stack: string) => Promise<Plan> {
    const plans = new Map<string, Promise<Plan>>();
    return (stack) => {
        const found = plans.get(stack) ?? plan(stack);
        plans.set(stack, found);
        return found;
    };
}

/** The engine asks each policy once: one that asks again has begun another run. */
function oncePerRun(compute: (args: StackValidationArgs) => Promise<Run | undefined>): RunOf {
    const asked = new Set<string>();
    let current: Promise<Run | undefined> | undefined;
    return (policy, args) => {
        if (current === undefined || asked.has(policy)) {
            asked.clear();
            current = compute(args);
        }
        asked.add(policy);
        return current;
    };
}

async function runOf(
    root: string,
    resources: readonly PolicyResource[],
    inputs: ReadonlyMap<string, Tree>,
    offline: (stack: string) => Promise<Plan>,
): Promise<Run | undefined> {
    const [first] = resources;
    if (first === undefined) {
        return undefined;
    }
    const stack = stackOf(first.urn);
    const day = today();
    const settings = settingsOf(root, stack, day);
    const exceptions = readExceptions(root, { rules: rules.map(({ name }) => name), stacks: stacksOf(root) });
    const adapted = adapt(await offline(stack), resources, inputs);
    return { ...adapted, judge: (rule) => judge([rule], { plan: adapted.plan, settings }, exceptions, day) };
}

/** `dev` of `urn:pulumi:dev::payment-platform::...`. */
const stackOf = (urn: string): string => at(urn.split(":"), 2);
