#ifndef TOKENFIELD_ALLOCATIONCOUNT_H
#define TOKENFIELD_ALLOCATIONCOUNT_H

/// Number of blocks of memory that the calling thread has asked for so far, resized ones included.
///
/// Linked into an executable on glibc, this target puts itself in front of malloc; elsewhere the
/// number is -1 and says nothing.
long tf_allocation_count(void);

#endif
