import { getPath, isObjectOrArray, textAtPath } from "../../plan/query.ts";
import type { PlanNode } from "../../plan/plan.ts";

/** Value of each metric of an alarm, by its name, in one period. */
export type MetricValues = (metric: string) => number;

type Environment = ReadonlyMap<string, number>;

const operators: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
    {
        ">=": (a, b) => Number(a >= b),
        "<=": (a, b) => Number(a <= b),
        ">": (a, b) => Number(a > b),
        "<": (a, b) => Number(a < b),
    },
    { "+": (a, b) => a + b, "-": (a, b) => a - b },
    { "*": (a, b) => a * b, "/": (a, b) => a / b },
];

/** Functions with their meaning where every metric has a value. */
const functions: Readonly<Record<string, (args: readonly number[]) => number | undefined>> = {
    FILL: ([value]) => value,
    IF: ([condition, whenTrue, otherwise]) => (condition ? whenTrue : otherwise),
};

/**
 * Value of a metric math expression of CloudWatch for one period
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html): numbers, IDs, arithmetic, comparisons,
 * `IF`, `FILL`, and `DIFF` of an ID.
 *
 * @param before values of the period before, for `DIFF`
 * @throws Error that shows the expression and what is not supported
 */
export function evaluateExpression(expression: string, values: Environment, before = values): number {
    const tokens = expression.match(/[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|>=|<=|\S/g) ?? [];
    let next = 0;
    const unsupported = (what: string) => new Error(`"${expression}" has ${what}, which is not supported`);
    const take = (expected?: string): string => {
        const token = tokens[next] ?? "an end";
        if (expected !== undefined && token !== expected) {
            throw unsupported(`${token} instead of ${expected}`);
        }
        next += 1;
        return token;
    };
    const argumentsOf = (): number[] => {
        take("(");
        const found = [binary(0)];
        while (tokens[next] === ",") {
            take();
            found.push(binary(0));
        }
        take(")");
        return found;
    };
    const operand = (): number => {
        if (tokens[next] === "(") {
            const [value, ...others] = argumentsOf();
            return value !== undefined && others.length === 0 ? value : fail("a list");
        }
        const token = take();
        if (/^[0-9]/.test(token)) {
            return Number(token);
        }
        if (token === "DIFF") {
            take("(");
            const id = take();
            take(")");
            return (values.get(id) ?? fail(id)) - (before.get(id) ?? fail(id));
        }
        return (tokens[next] === "(" ? functions[token]?.(argumentsOf()) : values.get(token)) ?? fail(token);
    };
    const fail = (what: string): never => {
        throw unsupported(what);
    };
    const binary = (level: number): number => {
        const ofLevel = operators[level];
        if (ofLevel === undefined) {
            return operand();
        }
        let value = binary(level + 1);
        for (let apply = ofLevel[tokens[next] ?? ""]; apply !== undefined; apply = ofLevel[tokens[next] ?? ""]) {
            take();
            value = apply(value, binary(level + 1));
        }
        return value;
    };
    const value = binary(0);
    return next === tokens.length ? value : fail(take());
}

/**
 * What an alarm compares with its threshold, given the values of its metrics.
 *
 * @param valueBefore values in the period before; the same by default
 */
export function alarmValue({ inputs }: PlanNode, valueOf: MetricValues, valueBefore = valueOf): number {
    const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries.filter(isObjectOrArray) : [];
    if (queries.length === 0) {
        return valueOf(textAtPath(inputs, "metricName"));
    }
    const [values, before] = [new Map<string, number>(), new Map<string, number>()];
    let returned = Number.NaN;
    for (const query of queries) {
        const [id, metric] = [textAtPath(query, "id"), textAtPath(query, "metric.metricName")];
        const expression = textAtPath(query, "expression");
        values.set(id, metric === "" ? evaluateExpression(expression, values, before) : valueOf(metric));
        // Of the period before that, nothing is known: as it was.
        before.set(id, metric === "" ? evaluateExpression(expression, before) : valueBefore(metric));
        returned = getPath(query, "returnData") === true ? (values.get(id) ?? returned) : returned;
    }
    return returned;
}
