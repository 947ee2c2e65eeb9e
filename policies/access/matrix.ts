import type { Plan } from "../../tools/plan/plan.ts";
import { inOrder, isTree, once } from "../look.ts";
import { many, type Statement } from "../statements.ts";
import { accessOf, allows } from "./access.ts";
import { grantsOf } from "./grants.ts";
import { grouped } from "./grouped.ts";
import { kindsOfStores, namesOf, storesOf, type Store } from "./stores.ts";
import { filled, resourceLike } from "./wildcards.ts";

/** A line of the matrix: who may do what to a store, and what the policy asks of the request. */
interface Entry {
    readonly who: string;
    readonly may: string;
    readonly part: string;
    readonly under: string;
}

/** Conditions that every request of the account meets, and which would hide the others. */
const everyday = ["aws:RequestedRegion", "aws:ResourceAccount"];

const under = ({ Condition = {} }: Statement, names: (value: string) => string): string =>
    Object.entries(Condition)
        .flatMap(([operator, keys]) =>
            Object.entries(keys)
                .filter(([key]) => !everyday.includes(key))
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

function byRoles(plan: Plan, store: Store): Entry[] {
    const names = namesOf(plan);
    return grantsOf(plan)
        .filter(({ action }) => isOf(store, action))
        .flatMap(({ role, action, statement }) =>
            many(statement.Resource)
                .filter((pattern) => pattern !== "*")
                .map((pattern) => partOf(store, pattern))
                .filter((part) => part !== undefined)
                .map((part) => ({ who: role.node.name, may: action, part, under: under(statement, names) })),
        );
}

/** What roles may do to what the plan does not make: a pattern that names none of its stores. */
const beyond = (plan: Plan): [pattern: string, entry: Entry][] =>
    grantsOf(plan).flatMap(({ role, action, statement }) =>
        many(statement.Resource)
            .filter((pattern) => pattern !== "*")
            .filter((pattern) =>
                storesOf(plan).every((store) => !isOf(store, action) || partOf(store, pattern) === undefined),
            )
            .map((pattern): [string, Entry] => [
                pattern,
                { who: role.node.name, may: action, part: "", under: under(statement, namesOf(plan)) },
            ]),
    );

/** What roles may do without a word on where. */
const anywhere = (plan: Plan): Entry[] =>
    grantsOf(plan)
        .filter(({ resource }) => resource === "*")
        .map(({ role, action, statement, context }) => ({
            who: `${role.node.name}${context["lambda:SourceFunctionArn"] === undefined ? "" : ", its code"}`,
            may: action,
            part: "",
            under: under(statement, namesOf(plan)),
        }));

/** Services and accounts that the store's own policy lets in. */
function byPolicy(plan: Plan, store: Store): Entry[] {
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
                          who: principal.endsWith(`:iam::${account}:root`)
                              ? "the account, as far as its roles' policies say"
                              : principal,
                          may: action,
                          part: partOf(store, pattern) ?? "",
                          under: under(statement, namesOf(plan)),
                      })),
                  ),
              );
          });
}

/** Lines of a store, with the actions of one principal under one condition in one line. */
function linesOf(name: string, entries: readonly Entry[]): string[] {
    const lines = grouped(entries, ({ who, part, under: condition }) => JSON.stringify([who, part, condition]));
    const written = [...lines].map(([key, same]) => {
        const [who, part, condition] = JSON.parse(key) as [string, string, string];
        const actions = [...new Set(same.map(({ may }) => may))].toSorted();
        return [name, who, actions.join(", "), part, condition];
    });
    const nothing = [name, "none by name", "", "", ""];
    return (written.length > 0 ? written : [nothing])
        .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("*", "\\*")).join(" | ")} |`)
        .toSorted();
}

/** File, below `golden`, in which the matrix of a stack is recorded. */
export const matrixFile = (stack: string): string => `${stack}.access.md`;

/**
 * Who may do what to which store of a plan, as Markdown: one table for each kind of store, one line for each store, principal
 * and condition. Names stand for what AWS and Pulumi make up, so that two plans of one program read alike.
 */
export const accessMatrix = once((plan): string => {
    const table = (heading: string, lines: readonly string[]) =>
        lines.length === 0
            ? []
            : [
                  `## ${heading}`,
                  "",
                  "| store | who | may | part | if |",
                  "| --- | --- | --- | --- | --- |",
                  ...lines,
                  "",
              ];
    const tables = kindsOfStores.flatMap((kind) => {
        const stores = storesOf(plan).filter((store) => store.kind === kind);
        return table(
            kind,
            stores.flatMap((store) => linesOf(store.name, [...byRoles(plan, store), ...byPolicy(plan, store)])),
        );
    });
    return [
        `# Who may do what to which store of ${plan.stack}`,
        "",
        "Read from the plan (docs/access.md). What stands in no table is refused.",
        "",
        ...tables,
        ...table(
            "Not made by the stack",
            [...grouped(beyond(plan), ([pattern]) => pattern)]
                .toSorted(([a], [b]) => inOrder(a, b))
                .flatMap(([pattern, entries]) =>
                    linesOf(
                        pattern,
                        entries.map(([, entry]) => entry),
                    ),
                ),
        ),
        ...table("All resources of the account", linesOf("any", anywhere(plan))),
    ].join("\n");
});
