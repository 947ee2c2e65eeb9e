import type { Architecture, PartGroup } from "../../analysis/architecture/architecture.ts";
import { drawingOf, type Arrow, type Box, type Frame } from "./drawing.ts";
import { markup, slug, type Html } from "./html.ts";
import { boxHeight, boxWidth, openSets, type Layout } from "./layout.ts";

/**
 * The drawing with everything that can be opened: what the first layout does not have is hidden. The script of the page only
 * moves, shows and hides these elements, so that the page is complete without it.
 */
export function drawSvg(architecture: Architecture, layouts: readonly Layout[], open: readonly PartGroup[]): Html {
    const drawings = openSets.map((each) => drawingOf(architecture, each));
    const layout = layouts.find(
        (_, i) => openSets[i]?.size === open.length && open.every((group) => openSets[i]?.has(group)),
    );
    if (layout === undefined) {
        throw new Error(`no layout in which ${open.join(", ")} are open`);
    }
    const frames = unique(drawings.flatMap((drawing) => drawing.frames));
    const arrows = unique(drawings.flatMap((drawing) => drawing.arrows));
    const boxes = unique(drawings.flatMap((drawing) => drawing.boxes));
    const [width, height] = layout.size;
    return markup`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-labelledby="drawing-title" aria-describedby="drawing-text">
<title id="drawing-title">Architecture</title><desc id="drawing-text">Parts of the stack and what passes between them; the table below says the same in words.</desc>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8Z" fill="context-stroke"/></marker></defs>
<g>${frames.map((frame) => frameElement(frame, layout))}</g>
<g>${arrows.map((arrow) => arrowElement(arrow, layout))}</g>
<g>${frames.map((frame) => frameHeader(frame, layout))}</g>
<g>${boxes.map((box) => boxElement(box, layout))}</g></svg>`;
}

const unique = <T extends { readonly id: string }>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [item.id, item])).values(),
];

const hidden = markup` display="none"`;

const headerLineHeight = 15;

function frameElement({ id, kind, isPublic }: Frame, { frames }: Layout): Html {
    const place = frames[id];
    const [x, y, width, height] = place ?? [0, 0, 0, 0];
    return markup`<g class="frame f-${kind}${isPublic === true ? " f-public" : ""} f-${id}" data-frame="${id}" transform="translate(${x},${y})"${place === undefined ? hidden : undefined}><rect width="${width}" height="${height}" rx="10"/></g>\n`;
}

/** Above the arrows, which may cross it. A group has the sign of what is open before its title. */
function frameHeader({ id, lines, closes }: Frame, { frames }: Layout): Html {
    const place = frames[id];
    const [x, y] = place ?? [0, 0];
    const [title = ""] = lines;
    const header =
        closes === undefined
            ? lines.map(
                  (line, i) =>
                      markup`<text x="12" y="${19 + i * headerLineHeight}" class="${i === 0 ? "frame-title" : "frame-text"}">${line}</text>`,
              )
            : markup`<g class="close" data-toggle-box="${closes}"><rect class="hit" x="4" y="4" width="${title.length * 8 + 34}" height="22" rx="5"/><path class="sign" d="M12,15h8"/><text x="27" y="19" class="frame-title">${title}</text></g>`;
    return markup`<g class="header" data-frame="${id}" transform="translate(${x},${y})"${place === undefined ? hidden : undefined}>${header}</g>\n`;
}

function arrowElement({ id, kind, text }: Arrow, { arrows }: Layout): Html {
    const place = arrows[id];
    const [path = "", x = 0, y = 0] = place ?? [];
    const label = text === "" ? undefined : markup`<text x="${x}" y="${y + 4}">${text}</text>`;
    return markup`<g class="arrow a-${slug(kind)}" data-arrow="${id}"${place === undefined ? hidden : undefined}><path d="${path}" marker-end="url(#head)"/>${label}</g>\n`;
}

function boxElement(box: Box, { boxes }: Layout): Html {
    const { id, kind, title, caption, opens } = box;
    const place = boxes[id];
    const [x, y] = place ?? [0, 0];
    const [width, left, top] = [boxWidth(box), -boxWidth(box) / 2, -boxHeight / 2];
    const behind =
        opens === undefined
            ? undefined
            : markup`<rect class="behind" x="${left + 5}" y="${top + 5}" width="${width}" height="${boxHeight}" rx="8"/>`;
    // The script of the page makes buttons of them.
    const action = opens === undefined ? markup`data-part="${id}"` : markup`data-toggle-box="${opens}"`;
    const sign = opens === undefined ? undefined : markup`<path class="sign" d="M${-left - 22},0h10m-5,-5v10"/>`;
    return markup`<g class="box b-${slug(kind)}" data-box="${id}" ${action} transform="translate(${x},${y})"${place === undefined ? hidden : undefined}>${behind}<rect class="face" x="${left}" y="${top}" width="${width}" height="${boxHeight}" rx="8"/><rect class="bar" x="${left + 7}" y="${top + 9}" width="4" height="${boxHeight - 18}" rx="2"/><text class="title" x="${left + 19}" y="-3">${title}</text> <text class="caption" x="${left + 19}" y="14">${caption}</text>${sign}</g>\n`;
}
