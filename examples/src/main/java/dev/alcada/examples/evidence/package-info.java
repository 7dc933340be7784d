/** Commands about a policy and what was decided by it: check, explain, verify, tail. */
@NullMarked
package dev.alcada.examples.evidence;

import org.jspecify.annotations.NullMarked;
