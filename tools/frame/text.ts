/** Text with its control characters escaped: it stays one line, and cannot change the terminal. */
export const escapeControls = (text: string): string => text.replace(/\p{Cc}/gu, escapeControl);

/** JSON has short forms of some, and leaves those from U+007F on as they are. */
const escapeControl = (character: string): string =>
    character < " "
        ? JSON.stringify(character).slice(1, -1)
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
