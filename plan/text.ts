/** A text as a regular expression that finds it. */
export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Shorter texts are part of other texts by chance. */
export const minIdentifyingLength = 6;
