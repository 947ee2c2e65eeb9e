import { ListTargetsByRuleCommand, type ListTargetsByRuleCommandInput, type Target } from "@aws-sdk/client-eventbridge";
import {
    ListIPSetsCommand,
    ListWebACLsCommand,
    type IPSetSummary,
    type Scope,
    type WebACLSummary,
} from "@aws-sdk/client-wafv2";
import { collectTokenPages } from "./aws-calls.ts";
import type { AwsClients } from "./aws-clients.ts";

// Lists that several commands read, and for which the SDK has no paginator.

export const listWebAcls = ({ waf }: Pick<AwsClients, "waf">, scope: Scope): Promise<WebACLSummary[]> =>
    collectTokenPages(async (NextMarker) => {
        const answer = await waf.send(new ListWebACLsCommand({ Scope: scope, NextMarker }));
        return { items: answer.WebACLs, next: answer.NextMarker };
    });

export const listIpSets = ({ waf }: Pick<AwsClients, "waf">, scope: Scope): Promise<IPSetSummary[]> =>
    collectTokenPages(async (NextMarker) => {
        const answer = await waf.send(new ListIPSetsCommand({ Scope: scope, NextMarker }));
        return { items: answer.IPSets, next: answer.NextMarker };
    });

export const listEventTargets = (
    { events }: Pick<AwsClients, "events">,
    rule: Pick<ListTargetsByRuleCommandInput, "Rule" | "EventBusName">,
): Promise<Target[]> =>
    collectTokenPages(async (NextToken) => {
        const answer = await events.send(new ListTargetsByRuleCommand({ ...rule, NextToken }));
        return { items: answer.Targets, next: answer.NextToken };
    });
