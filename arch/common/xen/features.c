/* SPDX-License-Identifier: MIT */
/* The features of this kind of domain (Xen public/features.h). */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <xen/features.h>
#include <xen/version.h>

bool xen_has_feature(unsigned int feature)
{
	struct xen_feature_info info = {.submap_idx = feature / 32};

	return !xen_version_op(XENVER_get_features, &info) && (info.submap >> feature % 32 & 1);
}

/* The bit alone says nothing: Xen sets it for every PV guest. */
bool xen_is_direct_mapped(void)
{
	return xen_has_feature(XENFEAT_auto_translated_physmap) &&
	       xen_has_feature(XENFEAT_direct_mapped);
}
