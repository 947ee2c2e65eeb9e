/** A text as a regular expression that finds it. */
export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Texts shorter than this stand in others by chance. */
export const minIdentifyingLength = 6;
