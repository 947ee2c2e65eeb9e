import {
    type Architecture,
    type Part,
    type PartGroup,
    type PartKind,
} from "../../analysis/architecture/architecture.ts";
import type { LinkKind } from "../../analysis/architecture/links.ts";
import { inputText } from "../../plan/query.ts";

/** A part, or a closed group of parts. */
export interface Box {
    readonly id: string;
    readonly kind: PartKind | "group";
    readonly title: string;
    /** What it is, in small letters. */
    readonly caption: string;
    /** Frame that contains it; absent outside of all. */
    readonly frame?: string;
    /** Group that it opens. */
    readonly opens?: PartGroup;
}

/** A rectangle around boxes and other frames. */
export interface Frame {
    readonly id: string;
    readonly kind: "vpc" | "tier" | "group";
    readonly lines: readonly string[];
    readonly within?: string;
    readonly isPublic?: boolean;
    /** Group that it closes. */
    readonly closes?: PartGroup;
}

export interface Arrow {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly kind: LinkKind;
    readonly text: string;
    /** Frame at whose border it ends. */
    readonly toFrame?: string;
    /** It may point backwards: what follows from a request would otherwise lengthen the drawing. */
    readonly isFree: boolean;
}

export interface Drawing {
    readonly boxes: readonly Box[];
    readonly frames: readonly Frame[];
    readonly arrows: readonly Arrow[];
}

export const groupTitles: Readonly<Record<PartGroup, string>> = {
    services: "Services",
    messages: "Queues and topics",
    endpoints: "VPC endpoints",
};

const vpcId = "vpc";
const tierId = (tier: string): string => `tier-${tier}`;

/** Parts of a group outside of the VPC, or in one tier, are closed together. */
export const groupBoxId = ({ group = "services", tier }: Pick<Part, "group" | "tier">): string =>
    [group, ...(tier === undefined ? [] : [tier])].join("-");

/** ID of a part's box: its position, which is shorter than its name. */
export const partBoxId = ({ parts }: Architecture, id: string): string =>
    `p${parts.findIndex((part) => part.id === id)}`;

const frameOf = ({ tier }: Part): string | undefined => (tier === undefined ? undefined : tierId(tier));

/** What is to be drawn while these are open. */
export function drawingOf(architecture: Architecture, open: ReadonlySet<PartGroup>): Drawing {
    const isOpen = ({ group }: Part) => group === undefined || open.has(group);
    const boxes = architecture.parts.map((part) =>
        isOpen(part) ? partBox(architecture, part) : groupBox(architecture, part),
    );
    return {
        boxes: [...new Map(boxes.map((box) => [box.id, box])).values()],
        frames: framesOf(architecture, open),
        arrows: arrowsOf(architecture, open),
    };
}

const zonesText = ({ zones }: Part): string => (zones.length > 1 ? `, ${zones.length} zones` : "");

const partBox = (architecture: Architecture, part: Part): Box => ({
    id: partBoxId(architecture, part.id),
    kind: part.kind,
    title: part.label,
    caption: `${captionOf(part)}${part.kind === "internet" ? "" : zonesText(part)}`,
    frame: part.group === undefined ? frameOf(part) : `open-${groupBoxId(part)}`,
});

const captions: Readonly<Record<string, string>> = {
    "aws:rds/cluster:Cluster": "Aurora PostgreSQL",
    "aws:elasticache/replicationGroup:ReplicationGroup": "ElastiCache",
    "aws:dynamodb/table:Table": "DynamoDB table",
    "aws:s3/bucket:Bucket": "S3 bucket",
    "aws:sqs/queue:Queue": "SQS queue",
    "aws:sns/topic:Topic": "SNS topic",
    "aws:apigateway/restApi:RestApi": "API Gateway",
    "aws:lambda/function:Function": "Lambda function",
    "aws:ecs/service:Service": "ECS service",
    "aws:scheduler/schedule:Schedule": "scheduled ECS task",
};

/** What a part is, in AWS's terms. */
export const captionOf = ({ kind, node }: Part): string =>
    kind === "internet" ? "any address" : (captions[node?.type ?? ""] ?? kind);

function groupBox({ parts }: Architecture, part: Part): Box {
    const id = groupBoxId(part);
    const all = parts.filter((each) => each.group === part.group && groupBoxId(each) === id);
    return {
        id,
        kind: "group",
        title: groupTitles[part.group ?? "services"],
        caption: `${all.length} closed${zonesText(part)}`,
        frame: frameOf(part),
        opens: part.group,
    };
}

function framesOf({ tiers, parts }: Architecture, open: ReadonlySet<PartGroup>): Frame[] {
    const groups = parts.flatMap((part): Frame[] =>
        part.group === undefined || !open.has(part.group)
            ? []
            : [
                  {
                      id: `open-${groupBoxId(part)}`,
                      kind: "group",
                      lines: [groupTitles[part.group]],
                      within: frameOf(part),
                      closes: part.group,
                  },
              ],
    );
    return [
        { id: vpcId, kind: "vpc", lines: ["VPC"] },
        ...tiers.map(({ name, isPublic, subnets }): Frame => {
            const zones = subnets.map(
                (node) => `${inputText(node, "availabilityZone")}  ${inputText(node, "cidrBlock")}`,
            );
            return {
                id: tierId(name),
                kind: "tier",
                lines: [`${name} subnets`, ...zones],
                within: vpcId,
                isPublic,
            };
        }),
        ...new Map(groups.map((frame) => [frame.id, frame])).values(),
    ];
}

/** Position of each link's ends in the drawing, whatever is open: the script of the page lights them up. */
export interface LinkEnds {
    readonly from: Part;
    readonly to: Part;
}

/** The first endpoint of its group: arrows to all of them would hide the others. */
export function endsOf({ parts, links }: Architecture): LinkEnds[] {
    const byId = new Map(parts.map((part) => [part.id, part]));
    return links.flatMap((link) => {
        const [from, to] = [byId.get(link.from), byId.get(link.to)];
        const target =
            link.kind === "endpoint"
                ? parts.find((each) => to && each.group === to.group && groupBoxId(each) === groupBoxId(to))
                : to;
        return from === undefined || target === undefined ? [] : [{ from, to: target }];
    });
}

const isFree = (kind: LinkKind, from: Part): boolean =>
    kind === "dead letter" ? from.kind === "queue" : kind === "log" ? from.kind === "bucket" : from.kind === "queue";

function arrowsOf(architecture: Architecture, open: ReadonlySet<PartGroup>): Arrow[] {
    const boxId = (part: Part) =>
        part.group === undefined || open.has(part.group) ? partBoxId(architecture, part.id) : groupBoxId(part);
    const all = endsOf(architecture).flatMap(({ from, to }, position): Arrow[] => {
        const link = architecture.links[position];
        const [start, end] = [boxId(from), boxId(to)];
        return link === undefined || start === end
            ? []
            : [
                  {
                      id: `${start}>${end}`,
                      from: start,
                      to: end,
                      kind: link.kind,
                      text: link.kind === "endpoint" ? "" : link.text,
                      isFree: isFree(link.kind, from),
                      toFrame: link.kind === "endpoint" && open.has("endpoints") ? `open-${groupBoxId(to)}` : undefined,
                  },
              ];
    });
    return [...Map.groupBy(all, ({ id }) => id).values()].flatMap((same) => {
        const [first] = same;
        const texts = [...new Set(same.map(({ text }) => text))];
        return first === undefined ? [] : [{ ...first, text: texts.length > 2 ? "" : texts.join(", ") }];
    });
}
