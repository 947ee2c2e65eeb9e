import { beforeAll, expect, test } from "@jest/globals";
import { instance } from "@viz-js/viz";
import { architectureOf, partGroups, type Architecture } from "../../../../analysis/architecture/architecture.ts";
import { drawingOf } from "../../../../tools/report/drawing.ts";
import { markup, jsonForScript, slug } from "../../../../tools/report/html.ts";
import { layoutOf, openSets } from "../../../../tools/report/layout.ts";
import { drawSvg } from "../../../../tools/report/svg.ts";
import { planOfConfig, planTestStack } from "../../../stacks.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

let architecture: Architecture;
beforeAll(async () => {
    architecture = architectureOf(await planTestStack("prod"));
});

test("a closed group is one box that opens it, an open one a frame that closes it", () => {
    const closed = drawingOf(architecture, new Set());
    expect(
        closed.boxes.filter(({ opens }) => opens === "services").map(({ title, caption }) => [title, caption]),
    ).toEqual([["Services", "3 closed, 3 zones"]]);
    const open = drawingOf(architecture, new Set(partGroups));
    expect(open.boxes.filter(({ opens }) => opens !== undefined)).toEqual([]);
    expect(open.frames.filter(({ closes }) => closes === "services").map(({ lines }) => lines)).toEqual([["Services"]]);
});

test("arrows between the same two boxes are one, with its texts unless there are many", async () => {
    const withPaths = withSettings(readStackConfig("prod"), {
        "services.payment.path": "/payment/*",
        "services.notification.path": "/notification/*",
    });
    const ofPaths = architectureOf(await planOfConfig(withPaths, "prod"));
    const textsTo = (title: string, open: readonly ("services" | "messages")[], drawn = architecture) => {
        const { boxes, arrows } = drawingOf(drawn, new Set(open));
        const { id } = boxes.find((box) => box.title === title) ?? {};
        return arrows.filter(({ to }) => to === id).map(({ text }) => text);
    };
    expect(textsTo("Services", [])).toContain("/api/*");
    expect(textsTo("Services", [], ofPaths)).toContain("");
    expect(textsTo("database", [])).toEqual(["tcp 5432"]);
    expect(textsTo("Queues and topics", ["services"])).toContain("send");
});

test("arrows to open endpoints end at the border of their group", () => {
    const { arrows } = drawingOf(architecture, new Set(["services", "endpoints"]));
    const ends = arrows.filter(({ kind }) => kind === "endpoint");
    expect(ends).toHaveLength(4);
    expect(new Set(ends.map(({ toFrame }) => toFrame))).toEqual(new Set(["open-endpoints-private"]));
});

test("each layout has a place for every box, frame and arrow, inside its size", async () => {
    const viz = await instance();
    for (const open of openSets) {
        const drawing = drawingOf(architecture, open);
        const layout = layoutOf(viz, drawing);
        expect(Object.keys(layout.boxes).toSorted()).toEqual(drawing.boxes.map(({ id }) => id).toSorted());
        expect(Object.keys(layout.frames).toSorted()).toEqual(drawing.frames.map(({ id }) => id).toSorted());
        expect(Object.keys(layout.arrows).toSorted()).toEqual(drawing.arrows.map(({ id }) => id).toSorted());
        const [width, height] = layout.size;
        for (const [x, y] of Object.values(layout.boxes)) {
            expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
        }
        for (const [path] of Object.values(layout.arrows)) {
            expect(path).toMatch(/^M-?\d+,-?\d+C[-\d, ]+L-?\d+,-?\d+$/);
        }
    }
});

test("a drawing without the layout of what is open is refused", () => {
    expect(() => drawSvg(architecture, [], ["services"])).toThrow("no layout in which services are open");
});

test("texts are escaped and have no account, markup stays as it is", () => {
    const inner = markup`<b>${"a & b"}</b>`;
    expect(
        markup`<p title="${'"'}">${inner}${[1, "<"]}${undefined} ${"arn:aws:iam::123456789012:role"}</p>`.markup,
    ).toBe('<p title="&quot;"><b>a &amp; b</b>1&lt; arn:aws:iam::&lt;account&gt;:role</p>');
    expect(markup`${"1234567890123"}`.markup).toBe("1234567890123");
    expect(jsonForScript({ text: "</script>" }).markup).toBe('{"text":"\\u003c/script>"}');
    expect(slug("rds.Cluster payment-Database_1")).toBe("rds-cluster-payment-database-1");
});
