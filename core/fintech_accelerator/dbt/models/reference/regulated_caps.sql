{{ core.core__reference('regulated_caps') }}
