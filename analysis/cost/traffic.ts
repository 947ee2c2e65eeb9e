import {
    ecsServicesOf,
    numberAt,
    receivesRequests,
    serviceNameOf,
    type PlannedService,
} from "../../plan/ecs-services.ts";
import type { Plan, Values } from "../../plan/plan.ts";
import { getPath, textAtPath } from "../../plan/query.ts";
import { provisionedUnits, taskPrice } from "./at-rest.ts";
import {
    balancerZones,
    countOf,
    dollars,
    inputsOf,
    listOf,
    monthly,
    multiply,
    numberOf,
    pricedEndpoints,
    quantity,
    sum,
    valuesOf,
    type CostCalculation,
    type CostInputs,
} from "./inputs.ts";
import { hoursPerMonth } from "./prices.ts";

const secondsPerMonth = hoursPerMonth * 3600;

/** Figures that a plan does not contain, for one request. Sizes in KB of 1000 bytes. */
const assumed = {
    /** Percent of the requests that are payments for the validator; the others reach the services. */
    paymentsPercent: 50,
    requestKb: 2,
    responseKb: 4,
    /** Between a task and the database or the cache. */
    storeKb: 8,
    /** Between a task and the internet, where it has NAT gateways. */
    internetKb: 4,
    /** Messages to a queue by a request of a service; each is sent, received and deleted. */
    messages: 0.5,
    messageKb: 2,
    /** Log lines of the API, of each web ACL, and of the service or the validator. */
    logKb: 1,
    /** Requests of a connection between API Gateway and the load balancer. */
    requestsPerConnection: 10,
    connectionSeconds: 60,
    /** Of the validator. */
    functionMs: 100,
    /** Of DynamoDB for a payment: two guards in a transaction with two units each, and the transaction; its copy in the index. */
    writeUnits: { table: 5, index: 1 },
    /** An event of CloudTrail in the log of the trail. */
    eventKb: 1,
} as const;

/** The assumptions as sentences, for the operator. */
export const assumptionTexts: readonly string[] = [
    "the requests come evenly over the month, and all through the merchants' API; free tiers are not deducted",
    `${assumed.paymentsPercent} % are POST /validate, the others are divided evenly among the services with a path`,
    `a request has ${assumed.requestKb} KB and its response ${assumed.responseKb} KB; ${assumed.requestsPerConnection} requests share a connection to the load balancer for ${assumed.connectionSeconds} s`,
    `a request of a service exchanges ${assumed.storeKb} KB with database and cache, evenly over the zones, and sends ${assumed.messages} messages of ${assumed.messageKb} KB; with NAT gateways it exchanges ${assumed.internetKb} KB with the internet`,
    "a GB between zones costs $0.01 in each direction",
    `a request writes ${assumed.logKb} KB into the log of the API, of each web ACL, and of the service or the validator`,
    `the validator takes ${assumed.functionMs} ms, ${assumed.writeUnits.table} write units of DynamoDB and ${assumed.writeUnits.index} of its index`,
    `a payment has one audit record, which is one data event of the trail with ${assumed.eventKb} KB in its log`,
];

/** The first ten rules that the load balancer evaluates for a request are free (https://aws.amazon.com/elasticloadbalancing/pricing/). */
const freeRules = 10;

/** What one load balancer capacity unit has (https://aws.amazon.com/elasticloadbalancing/pricing/). */
const capacityUnit = { newConnections: 25, activeConnections: 3000, gbPerHour: 1, ruleEvaluations: 1000 };

/** What requests add to the bill at rest. */
export const trafficCosts = (requestsPerSecond: number): Readonly<Record<string, CostCalculation>> => {
    const payments = (requestsPerSecond * assumed.paymentsPercent) / 100;
    const others = requestsPerSecond - payments;
    const millions = (perSecond: number) => (perSecond * secondsPerMonth) / 1_000_000;
    const gb = (perSecond: number, kb: number) => millions(perSecond) * kb;

    return {
        "Requests: API Gateway": ({ plan, price }) =>
            countOf(plan, "apigateway/stage:Stage") === 0
                ? undefined
                : multiply(millions(requestsPerSecond), "million calls", () => price("apiMillionRequests")),
        "Requests: web firewall": ({ plan, price }) => {
            // The web ACL of the load balancer sees what the API forwards.
            const inspected = requestsPerSecond + others * (countOf(plan, "wafv2/webAcl:WebAcl") - 1);
            return multiply(millions(inspected), "million requests", () => price("webAclMillionRequests"));
        },
        "Requests: load balancer": ({ plan, price }) => {
            const rules = countOf(plan, "lb/listenerRule:ListenerRule");
            const connections = others / assumed.requestsPerConnection;
            const units = Math.max(
                connections / capacityUnit.newConnections,
                (connections * assumed.connectionSeconds) / capacityUnit.activeConnections,
                gb(others, assumed.requestKb + assumed.responseKb) / hoursPerMonth / capacityUnit.gbPerHour,
                (others * Math.max(0, rules - freeRules)) / capacityUnit.ruleEvaluations,
            );
            return multiply(units, "capacity units", () => monthly(price("loadBalancerUnitHour")));
        },
        "Requests: more tasks": (inputs) => tasksAboveMinimum(inputs, others),
        "Requests: validator": ({ plan, price }) => {
            const [validator] = inputsOf(plan, "lambda/function:Function");
            if (validator === undefined) {
                return undefined;
            }
            const gbSeconds =
                millions(payments) * 1_000_000 * (assumed.functionMs / 1000) * (numberOf(validator.memorySize) / 1024);
            const [calls, seconds] = [price("functionMillionRequests"), price("functionGbSecond")];
            return {
                arithmetic: `${quantity(millions(payments))} million calls x ${dollars(calls)} + ${Math.round(gbSeconds)} GB-seconds x $${seconds}`,
                amount: millions(payments) * calls + gbSeconds * seconds,
            };
        },
        "Requests: transaction log": (inputs) =>
            provisionedUnits(inputs.plan).writes === 0
                ? multiply(
                      millions(payments * (assumed.writeUnits.table + assumed.writeUnits.index)),
                      "million write units",
                      () => inputs.price("millionWriteUnits"),
                  )
                : writeUnitsAboveMinimum(inputs, payments),
        "Requests: audit records": ({ plan, price }) =>
            countOf(plan, "s3/bucket:Bucket") === 0
                ? undefined
                : multiply(millions(payments) * 1000, "thousand objects", () => price("storeThousandObjects")),
        "Requests: trail": ({ plan, price }) =>
            logsDataEvents(plan)
                ? multiply(millions(payments) * 10, "x 100,000 data events", () => price("dataEvents100k"))
                : undefined,
        "Requests: queues": ({ plan, price }) =>
            countOf(plan, "sqs/queue:Queue") === 0
                ? undefined
                : multiply(millions(3 * others * assumed.messages), "million requests", () =>
                      price("queueMillionRequests"),
                  ),
        "Requests: topics": ({ plan, price }) =>
            countOf(plan, "sns/topic:Topic") === 0
                ? undefined
                : multiply(millions(others * assumed.messages), "million messages", () =>
                      price("topicMillionRequests"),
                  ),
        "Requests: logs": ({ plan, price }) => {
            const lines =
                2 * requestsPerSecond + requestsPerSecond + others * (countOf(plan, "wafv2/webAcl:WebAcl") - 1);
            const events = logsDataEvents(plan) ? payments : 0;
            return multiply(gb(lines, assumed.logKb) + gb(events, assumed.eventKb), "GB", () => price("logGb"));
        },
        "Requests: NAT gateways": ({ plan, price }) =>
            countOf(plan, "ec2/natGateway:NatGateway") === 0
                ? undefined
                : multiply(gb(others, assumed.internetKb), "GB", () => price("natGatewayGb")),
        "Requests: endpoints": ({ plan, price }) => {
            const hasEndpoints = pricedEndpoints(plan).some(({ vpcEndpointType }) => vpcEndpointType === "Interface");
            const kb = assumed.logKb + 2 * assumed.messages * assumed.messageKb;
            return hasEndpoints ? multiply(gb(others, kb), "GB", () => price("endpointGb")) : undefined;
        },
        "Requests: between zones": ({ plan, price }) => {
            const zones = Math.max(1, balancerZones(plan));
            return multiply((gb(others, assumed.storeKb) * (zones - 1)) / zones, "GB", () => price("crossZoneGb"));
        },
        "Requests: to the internet": ({ price }) =>
            multiply(gb(requestsPerSecond, assumed.responseKb), "GB", () => price("internetGb")),
    };
};

/** Whether the trail logs calls on objects, such as the one that stores the audit record of a payment. */
const logsDataEvents = (plan: Plan): boolean =>
    inputsOf(plan, "cloudtrail/trail:Trail")
        .flatMap(({ advancedEventSelectors }) => listOf(advancedEventSelectors))
        .flatMap((selector) => listOf(valuesOf(selector).fieldSelectors))
        .some((field) => listOf(valuesOf(field).equals).includes("AWS::S3::Object"));

/** Write units that autoscaling adds to the table and to its index, each up to its own maximum. */
function writeUnitsAboveMinimum({ plan, price }: CostInputs, payments: number): ReturnType<CostCalculation> {
    const added = Object.entries(assumed.writeUnits).map(([part, units]) => {
        const [target] = inputsOf(plan, "appautoscaling/target:Target").filter(
            ({ scalableDimension }) => scalableDimension === `dynamodb:${part}:WriteCapacityUnits`,
        );
        const [min, max] = [numberOf(target?.minCapacity), numberOf(target?.maxCapacity)];
        const utilization = targetOf(
            inputsOf(plan, "appautoscaling/policy:Policy").filter((policy) => policy.resourceId === target?.resourceId),
            "DynamoDBWriteCapacityUtilization",
        );
        const needed = Math.ceil((payments * units * 100) / utilization);
        return { part, needed, max, count: Math.max(0, Math.min(max, needed) - min) };
    });
    const count = sum(added.map((each) => each.count));
    const each = monthly(price("writeUnitHour"));
    const short = added
        .filter(({ needed, max }) => needed > max)
        .map(({ part, needed, max }) => `the ${part} needs ${needed} and its maximum is ${max}`);
    return count === 0 && short.length === 0
        ? undefined
        : {
              arithmetic: `${count} more write units x ${dollars(each)}${short.length > 0 ? ` (${short.join(", ")})` : ""}`,
              amount: count * each,
          };
}

/** Tasks that scaling by requests starts, up to the maximum. Scaling by CPU or messages does not follow from the requests. */
function tasksAboveMinimum(inputs: CostInputs, requestsPerSecond: number): ReturnType<CostCalculation> {
    const services = ecsServicesOf(inputs.plan).filter(receivesRequests);
    const perMinute = (60 * requestsPerSecond) / Math.max(1, services.length);
    const added = services.map((service) => {
        const { min = 0, max = 0 } = inputs.tasks[serviceNameOf(service)] ?? {};
        const needed = Math.ceil(perMinute / requestTarget(service));
        const count = Math.max(0, Math.min(max, needed) - min);
        const task = service.taskDefinition?.inputs ?? {};
        return { count, amount: count === 0 ? 0 : count * taskPrice(task, inputs).each };
    });
    const count = sum(added.map((each) => each.count));
    return count === 0
        ? undefined
        : {
              arithmetic: `${count} tasks above the minimum, of services that scale by requests`,
              amount: sum(added.map(({ amount }) => amount)),
          };
}

/** Requests a minute that autoscaling keeps for each task. */
const requestTarget = ({ scalingPolicies }: PlannedService): number =>
    targetOf(
        scalingPolicies.map(({ inputs }) => inputs),
        "ALBRequestCountPerTarget",
    );

/** The value of a metric that scaling policies aim at; without end where none looks at the metric. */
const targetOf = (policies: readonly Values[], metric: string): number =>
    Math.min(
        ...policies
            .map((inputs) => getPath(inputs, "targetTrackingScalingPolicyConfiguration"))
            .filter((tracking) => textAtPath(tracking, "predefinedMetricSpecification.predefinedMetricType") === metric)
            .map((tracking) => numberAt(tracking, "targetValue")),
    );
