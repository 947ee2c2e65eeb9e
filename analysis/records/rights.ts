import { accessOf, allows } from "../../policies/access/access.ts";
import { grantsOf } from "../../policies/access/grants.ts";
import { grouped } from "../../policies/access/grouped.ts";
import { kindsOfStores, namesOf, storesOf, type Store } from "../../policies/access/stores.ts";
import { filled, resourceLike } from "../../policies/access/wildcards.ts";
import { inOrder, isTree, once } from "../../policies/look.ts";
import { many, type Statement } from "../../policies/statements.ts";
import type { Plan } from "../../tools/plan/plan.ts";
import { tableLine } from "./markdown.ts";

/** One action that a role, an AWS service or an account may take on a resource. */
export interface Right {
    /** Logical name of the role, or the principal that a resource's policy names. */
    readonly who: string;
    /** Such as `sqs:SendMessage`. */
    readonly action: string;
    /** Logical name with the part of it that the policy names, such as `payment-audit-prod/cloudtrail/*`; else the ARN pattern. */
    readonly resource: string;
    /** What the policy asks of the request; empty where it asks nothing but account and region. */
    readonly condition: string;
}

/** A right, and the table of the record that lists it. */
interface Entry {
    readonly table: string;
    /** Name of the resource, or the ARN pattern. */
    readonly resource: string;
    readonly who: string;
    readonly action: string;
    readonly part: string;
    readonly condition: string;
}

const notOfTheStack = "Not created by the stack";
const anyResource = "All resources of the account";

/** Conditions that every request of the account meets, and which would hide the others. */
const commonConditionKeys = ["aws:RequestedRegion", "aws:ResourceAccount"];

const conditionText = ({ Condition = {} }: Statement, names: (value: string) => string): string =>
    Object.entries(Condition)
        .flatMap(([operator, keys]) =>
            Object.entries(keys)
                .filter(([key]) => !commonConditionKeys.includes(key))
                .map(([key, values]) => {
                    const sign =
                        operator.startsWith("StringEquals") || operator.startsWith("Bool") ? "=" : `(${operator})`;
                    return `${key} ${sign} ${many(values).map(names).join(" or ")}`;
                }),
        )
        .join("; ");

/** Which part of a store a pattern names: nothing for the store itself, undefined where it is about another. */
function partOf({ arn, kind }: Store, pattern: string): string | undefined {
    if (resourceLike(arn, pattern)) {
        return "";
    }
    const inside = kind === "Log groups" ? ":" : "/";
    if (pattern.startsWith(`${arn}${inside}`)) {
        return pattern.slice(arn.length + inside.length);
    }
    return resourceLike(`${arn}${inside}any`, pattern) || filled(pattern).startsWith(`${arn}${inside}`)
        ? "*"
        : undefined;
}

/** The service that an action is of, as ARNs say it. */
const isOf = ({ arn }: Store, action: string): boolean => arn.split(":")[2] === action.split(":")[0];

function ofRoles(plan: Plan, store: Store): Entry[] {
    const names = namesOf(plan);
    return grantsOf(plan)
        .filter(({ action }) => isOf(store, action))
        .flatMap(({ role, action, statement }) =>
            many(statement.Resource)
                .filter((pattern) => pattern !== "*")
                .map((pattern) => partOf(store, pattern))
                .filter((part) => part !== undefined)
                .map((part) => ({
                    table: store.kind,
                    resource: store.name,
                    who: role.node.name,
                    action,
                    part,
                    condition: conditionText(statement, names),
                })),
        );
}

/** What roles may do to resources that the plan does not create: a pattern that names none of its stores. */
const onOthers = (plan: Plan): Entry[] =>
    grantsOf(plan).flatMap(({ role, action, statement }) =>
        many(statement.Resource)
            .filter((pattern) => pattern !== "*")
            .filter((pattern) =>
                storesOf(plan).every((store) => !isOf(store, action) || partOf(store, pattern) === undefined),
            )
            .map((pattern) => ({
                table: notOfTheStack,
                resource: pattern,
                who: role.node.name,
                action,
                part: "",
                condition: conditionText(statement, namesOf(plan)),
            })),
    );

/** What roles may do to any resource: AWS offers nothing narrower for these actions, or nobody has narrowed them. */
const onAnyResource = (plan: Plan): Entry[] =>
    grantsOf(plan)
        .filter(({ resource }) => resource === "*")
        .map(({ role, action, statement, context }) => ({
            table: anyResource,
            resource: "any",
            who: `${role.node.name}${context["lambda:SourceFunctionArn"] === undefined ? "" : ", its code"}`,
            action,
            part: "",
            condition: conditionText(statement, namesOf(plan)),
        }));

/** Services and accounts that the store's own policy lets in. */
function ofResourcePolicy(plan: Plan, store: Store): Entry[] {
    const { resources, account } = accessOf(plan);
    const policy = resources.get(store.arn);
    return policy === undefined
        ? []
        : allows(policy).flatMap((statement) => {
              const { Principal } = statement;
              const principals = isTree(Principal)
                  ? Object.values(Principal).flatMap((each) => many(each))
                  : [String(Principal)];
              return principals.flatMap((principal) =>
                  many(statement.Resource).flatMap((pattern) =>
                      many(statement.Action).map((action) => ({
                          table: store.kind,
                          resource: store.name,
                          who: principal.endsWith(`:iam::${account}:root`)
                              ? "the account, as far as its roles' policies say"
                              : principal,
                          action,
                          part: partOf(store, pattern) ?? "",
                          condition: conditionText(statement, namesOf(plan)),
                      })),
                  ),
              );
          });
}

const entriesOf = once((plan): readonly Entry[] => [
    ...storesOf(plan).flatMap((store) => [...ofRoles(plan, store), ...ofResourcePolicy(plan, store)]),
    ...onOthers(plan),
    ...onAnyResource(plan),
]);

/** Every right of a plan's roles, and of those that its resources let in. Each once. */
export const rightsOf = once((plan): readonly Right[] => {
    const rights = entriesOf(plan).map(({ who, action, resource, part, condition }) => ({
        who,
        action,
        resource: part === "" ? resource : `${resource}/${part}`,
        condition,
    }));
    return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
});

/** Lines of a resource, with the actions of one principal under one condition in one line. */
function linesOf(resource: string, entries: readonly Entry[]): string[] {
    const groups = grouped(entries, ({ who, part, condition }) => JSON.stringify([who, part, condition]));
    const rows = [...groups.values()].map((same) => {
        const [{ who = "", part = "", condition = "" } = {}] = same;
        const actions = [...new Set(same.map(({ action }) => action))].toSorted();
        return [resource, who, actions.join(", "), part, condition];
    });
    const nobody = [resource, "none by name", "", "", ""];
    return (rows.length > 0 ? rows : [nobody]).map(tableLine).toSorted();
}

/** File, below `golden/`, that records the rights of a stack. */
export const rightsFile = (stack: string): string => `${stack}.rights.md`;

/**
 * Who may do what to which store of a plan, as Markdown: a table for each kind of store, a line for each store, principal and
 * condition. Names stand for what AWS and Pulumi make up, so that two plans of one program read alike.
 */
export const rightsRecord = once((plan): string => {
    const entries = grouped(entriesOf(plan), ({ table }) => table);
    const tableOf = (heading: string, resources: readonly string[]): string[] => {
        const byResource = grouped(entries.get(heading) ?? [], ({ resource }) => resource);
        const lines = resources.flatMap((resource) => linesOf(resource, byResource.get(resource) ?? []));
        return lines.length === 0
            ? []
            : [
                  `## ${heading}`,
                  "",
                  tableLine(["store", "who", "may", "part", "if"]),
                  tableLine(Array.from({ length: 5 }, () => "---")),
                  ...lines,
                  "",
              ];
    };
    const named = (heading: string) => [
        ...new Set((entries.get(heading) ?? []).map(({ resource }) => resource).toSorted(inOrder)),
    ];
    return [
        `# Who may do what to which store of ${plan.stack}`,
        "",
        "Read from the plan (docs/access.md). What stands in no table is refused.",
        "",
        ...kindsOfStores.flatMap((kind) =>
            tableOf(
                kind,
                storesOf(plan)
                    .filter((store) => store.kind === kind)
                    .map(({ name }) => name),
            ),
        ),
        ...tableOf(notOfTheStack, named(notOfTheStack)),
        ...tableOf(anyResource, ["any"]),
    ].join("\n");
});
