/** What the library costs, beside what others cost for the same work. */
@NullMarked
package dev.alcada.benchmark;

import org.jspecify.annotations.NullMarked;
