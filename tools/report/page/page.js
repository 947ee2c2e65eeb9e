// Adds search, filters and the opening of groups to a page that is complete without them.
"use strict";
(() => {
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const one = (selector) => document.querySelector(selector);
    document.documentElement.classList.add("scripted");

    /* The drawing */

    const data = JSON.parse(one("#drawing-data").textContent);
    const svg = one(".drawing svg");
    const narrow = window.matchMedia("(max-width: 760px)");
    const open = new Set(all("[data-toggle][aria-pressed='true']").map((button) => button.dataset.toggle));
    let chosen;

    /** The box that shows a part: its own, or that of its closed group. */
    const boxOf = (part) => (part.group === undefined || open.has(part.group) ? part.box : part.groupBox);

    const show = (element, place) => {
        if (place === undefined) {
            element.setAttribute("display", "none");
        } else {
            element.removeAttribute("display");
        }
        return place !== undefined;
    };

    function draw() {
        const bits = data.groups.reduce((sum, group, i) => sum + (open.has(group) ? 2 ** i : 0), 0);
        const { size, boxes, frames, arrows } = data.layouts[bits];
        svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
        svg.style.setProperty("--width", `${size[0]}px`);
        for (const box of all("[data-box]", svg)) {
            const place = boxes[box.dataset.box];
            if (show(box, place)) {
                box.setAttribute("transform", `translate(${place[0]},${place[1]})`);
            }
        }
        for (const frame of all("[data-frame]", svg)) {
            const place = frames[frame.dataset.frame];
            if (show(frame, place)) {
                frame.setAttribute("transform", `translate(${place[0]},${place[1]})`);
                const rect = frame.querySelector(":scope > rect");
                rect?.setAttribute("width", place[2]);
                rect?.setAttribute("height", place[3]);
            }
        }
        for (const arrow of all("[data-arrow]", svg)) {
            const place = arrows[arrow.dataset.arrow];
            if (show(arrow, place)) {
                const text = arrow.querySelector("text");
                arrow.querySelector("path").setAttribute("d", place[0]);
                if (text !== null) {
                    text.toggleAttribute("hidden", place[1] === undefined);
                    text.setAttribute("x", place[1] ?? 0);
                    text.setAttribute("y", (place[2] ?? 0) + 4);
                }
            }
        }
        for (const button of all("[data-toggle]")) {
            button.setAttribute("aria-pressed", String(open.has(button.dataset.toggle)));
        }
        lightUp();
    }

    /** Lights up what belongs to the requests of the chosen part. */
    function lightUp() {
        const path = chosen === undefined ? { parts: [], links: [] } : data.paths[chosen];
        const boxes = new Set(path.parts.map((part) => boxOf(data.parts[part])));
        const arrows = new Set(
            path.links.map((link) => data.links[link].map((part) => boxOf(data.parts[part])).join(">")),
        );
        const own = chosen === undefined ? undefined : data.parts[chosen];
        svg.classList.toggle("is-lit", chosen !== undefined);
        for (const box of all("[data-box]", svg)) {
            const isChosen = own !== undefined && box.dataset.box === boxOf(own);
            box.classList.toggle("lit", boxes.has(box.dataset.box) || isChosen);
            box.classList.toggle("chosen", isChosen);
            if (box.dataset.part !== undefined) {
                box.setAttribute("aria-pressed", String(isChosen));
            }
        }
        for (const arrow of all("[data-arrow]", svg)) {
            arrow.classList.toggle("lit", arrows.has(arrow.dataset.arrow));
        }
        describe(own, path);
    }

    function describe(part, { parts }) {
        const text = one("[data-lit]");
        text.replaceChildren();
        if (part === undefined) {
            return;
        }
        const others = parts.map((each) => data.parts[each].label).filter((label) => label !== part.label);
        text.append(`Lit: what belongs to the requests through ${part.label}: ${others.join(", ")}. `);
        if (part.anchor !== undefined) {
            const link = document.createElement("a");
            link.href = `#${part.anchor}`;
            link.textContent = `Properties of ${part.label}`;
            text.append(link);
        }
    }

    function choose(part) {
        chosen = part === chosen ? undefined : part;
        const select = one("[data-request]");
        select.value = chosen === undefined ? "" : String(chosen);
        select.selectedIndex = Math.max(0, select.selectedIndex);
        lightUp();
    }

    /** Opens or closes a group; the focus follows to what took the place of the element that had it. */
    function toggle(group, hadFocus) {
        if (open.has(group)) {
            open.delete(group);
        } else {
            open.add(group);
        }
        draw();
        if (hadFocus) {
            all(`[data-toggle-box="${group}"]`, svg)
                .find((element) => element.closest("[display]") === null)
                ?.focus();
        }
    }

    const act = (element) => {
        if (element.dataset.toggleBox !== undefined) {
            toggle(element.dataset.toggleBox, true);
        } else {
            choose(data.parts.findIndex(({ box }) => box === element.dataset.part));
        }
    };
    for (const element of all("[data-part], [data-toggle-box]", svg)) {
        element.setAttribute("role", "button");
        element.setAttribute("tabindex", "0");
        if (element.dataset.toggleBox !== undefined) {
            element.setAttribute("aria-expanded", String(element.classList.contains("close")));
        }
        element.addEventListener("click", () => act(element));
        element.addEventListener("keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                act(element);
            }
        });
    }
    svg.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            choose(undefined);
        }
    });
    for (const button of all("[data-toggle]")) {
        button.addEventListener("click", () => toggle(button.dataset.toggle, false));
    }
    one("[data-request]").addEventListener("change", ({ target }) => {
        chosen = undefined;
        choose(target.value === "" ? undefined : Number(target.value));
    });
    if (narrow.matches) {
        open.clear();
        one(".words").open = true;
    }
    draw();

    // The drawing begins at the internet, which may be below what a narrow screen shows.
    const frame = one(".drawing");
    const start = one(".b-internet").getBoundingClientRect();
    frame.scrollTop += start.top + start.height / 2 - frame.getBoundingClientRect().top - frame.clientHeight / 2;

    /* Search and filters */

    let found;
    /** Every row with its text, read when the search is first used. */
    const rows = () =>
        (found ??= all("[data-row]").map((element) => ({
            element,
            text: element.textContent.toLowerCase(),
            section: element.closest("section"),
        })));
    const search = one("[data-search]");
    const filters = all("[data-filter]");

    function applySearch() {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const wanted = filters.filter(({ value }) => value !== "");
        const counts = new Map();
        for (const { element, text, section } of rows()) {
            const matches =
                words.every((word) => text.includes(word)) &&
                (element.dataset.resource === undefined ||
                    wanted.every((filter) => element.dataset[filter.dataset.filter] === filter.value));
            element.hidden = !matches;
            counts.set(section, (counts.get(section) ?? 0) + (matches ? 1 : 0));
        }
        const titles = [...counts].map(([section, count]) => `${section.querySelector("h2").textContent} ${count}`);
        one("[data-found]").textContent = words.length === 0 ? "" : `Found: ${titles.join(", ")}`;
        showCounts();
    }

    function showCounts() {
        for (const count of all("[data-count]")) {
            const entries = all(":scope > [data-row]", count.nextElementSibling);
            const shown = entries.filter(({ hidden }) => !hidden).length;
            const noun = count.dataset.count;
            count.textContent =
                shown === entries.length ? `${entries.length} ${noun}` : `${shown} of ${entries.length} ${noun}`;
        }
    }

    search.addEventListener("input", applySearch);
    for (const filter of filters) {
        filter.addEventListener("change", applySearch);
    }
    one("[data-clear]").addEventListener("click", () => {
        search.value = "";
        for (const filter of filters) {
            filter.value = "";
        }
        applySearch();
    });
    document.addEventListener("keydown", (event) => {
        if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
            event.preventDefault();
            search.focus();
        }
    });

    /** Opens the entry that an anchor leads to, and shows it where a filter hides it. */
    function openTarget() {
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        if (target instanceof HTMLDetailsElement) {
            target.hidden = false;
            target.open = true;
            target.scrollIntoView();
        }
    }
    window.addEventListener("hashchange", openTarget);
    openTarget();
})();
