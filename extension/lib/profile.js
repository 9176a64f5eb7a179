/** Where a person's profile is on LinkedIn. */

/**
 * @param {string | null} urn
 * @returns {string | null} an address of LinkedIn's, made only of an id that has the form of one
 */
export function profileAddress(urn) {
  const id = urn?.match(/^urn:li:(?:fsd_profile|fs_miniProfile|fs_profile):([A-Za-z0-9_-]{6,128})$/)?.[1];
  return id ? `https://www.linkedin.com/in/${id}/` : null;
}
